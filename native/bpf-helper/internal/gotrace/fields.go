// SPDX-License-Identifier: Apache-2.0

package gotrace

// fieldNames gives each enumerator of bpf/go/fields.h the Go field whose offset it holds: the names of
// DWARF, of which the first that is there counts.
var fieldNames = map[string][]string{
	"G_GOID":                         {"runtime.g.goid"},
	"G_PARENT_GOID":                  {"runtime.g.parentGoid"},
	"G_PANIC":                        {"runtime.g._panic"},
	"G_M":                            {"runtime.g.m"},
	"M_P":                            {"runtime.m.p"},
	"P_GOIDCACHEEND":                 {"runtime.p.goidcacheend"},
	"REQUEST_METHOD":                 {"net/http.Request.Method"},
	"REQUEST_URL":                    {"net/http.Request.URL"},
	"REQUEST_PROTO_MAJOR":            {"net/http.Request.ProtoMajor"},
	"REQUEST_PROTO_MINOR":            {"net/http.Request.ProtoMinor"},
	"REQUEST_HEADER":                 {"net/http.Request.Header"},
	"REQUEST_CONTENT_LENGTH":         {"net/http.Request.ContentLength"},
	"REQUEST_HOST":                   {"net/http.Request.Host"},
	"REQUEST_REMOTE_ADDR":            {"net/http.Request.RemoteAddr"},
	"REQUEST_TLS":                    {"net/http.Request.TLS"},
	"REQUEST_PATTERN":                {"net/http.Request.Pattern"},
	"REQUEST_PAT":                    {"net/http.Request.pat"},
	"REQUEST_CTX":                    {"net/http.Request.ctx"},
	"PATTERN_STR":                    {"net/http.pattern.str"},
	"URL_SCHEME":                     {"net/url.URL.Scheme"},
	"URL_HOST":                       {"net/url.URL.Host"},
	"URL_PATH":                       {"net/url.URL.Path"},
	"URL_RAW_QUERY":                  {"net/url.URL.RawQuery"},
	"RESPONSE_WRITER_STATUS":         {"net/http.response.status"},
	"RESPONSE_WRITER_WRITTEN":        {"net/http.response.written"},
	"CLIENT_RESPONSE_STATUS":         {"net/http.Response.StatusCode"},
	"CLIENT_RESPONSE_PROTO_MAJOR":    {"net/http.Response.ProtoMajor"},
	"CLIENT_RESPONSE_PROTO_MINOR":    {"net/http.Response.ProtoMinor"},
	"CLIENT_RESPONSE_CONTENT_LENGTH": {"net/http.Response.ContentLength"},
	"H2_WRITER_RWS":                  {"net/http.http2responseWriter.rws"},
	"H2_STATE_STATUS":                {"net/http.http2responseWriterState.status"},
	"XNET_WRITER_RWS":                {"golang.org/x/net/http2.responseWriter.rws"},
	"XNET_STATE_STATUS":              {"golang.org/x/net/http2.responseWriterState.status"},
	"INTERNAL_H2_WRITER_RWS":         {"net/http/internal/http2.responseWriter.rws"},
	"INTERNAL_H2_STATE_STATUS":       {"net/http/internal/http2.responseWriterState.status"},
	"SWISS_USED":                     {"internal/runtime/maps.Map.used"},
	"SWISS_DIR_PTR":                  {"internal/runtime/maps.Map.dirPtr"},
	"SWISS_DIR_LEN":                  {"internal/runtime/maps.Map.dirLen"},
	"HMAP_COUNT":                     {"runtime.hmap.count"},
	"HMAP_B":                         {"runtime.hmap.B"},
	"HMAP_BUCKETS":                   {"runtime.hmap.buckets"},
	"HMAP_OLDBUCKETS":                {"runtime.hmap.oldbuckets"},
	"GRPC_CONN_TARGET":               {"google.golang.org/grpc.ClientConn.target"},
	"GRPC_CLIENT_STREAM_CC":          {"google.golang.org/grpc.clientStream.cc"},
	"GRPC_CLIENT_STREAM_CTX":         {"google.golang.org/grpc.clientStream.ctx"},
	"GRPC_CLIENT_STREAM_CALL_HDR":    {"google.golang.org/grpc.clientStream.callHdr"},
	"GRPC_CLIENT_STREAM_DESC":        {"google.golang.org/grpc.clientStream.desc"},
	"GRPC_CALL_HDR_METHOD":           {"google.golang.org/grpc/internal/transport.CallHdr.Method"},
	"GRPC_CALL_HDR_HOST":             {"google.golang.org/grpc/internal/transport.CallHdr.Host"},
	"GRPC_STREAM_METHOD":             {"google.golang.org/grpc/internal/transport.Stream.method"},
	"GRPC_STREAM_CTX":                {"google.golang.org/grpc/internal/transport.Stream.ctx"},
	"GRPC_SERVER_STREAM_STREAM":      {"google.golang.org/grpc/internal/transport.ServerStream.Stream"},
	"GRPC_SERVER_STREAM_ST":          {"google.golang.org/grpc/internal/transport.ServerStream.st"},
	"GRPC_DESC_SERVER_STREAMS":       {"google.golang.org/grpc.StreamDesc.ServerStreams"},
	"GRPC_DESC_CLIENT_STREAMS":       {"google.golang.org/grpc.StreamDesc.ClientStreams"},
	"GRPC_STATUS_S":                  {"google.golang.org/grpc/internal/status.Status.s"},
	"RPC_STATUS_CODE":                {"google.golang.org/genproto/googleapis/rpc/status.Status.Code"},
	"RPC_STATUS_MESSAGE":             {"google.golang.org/genproto/googleapis/rpc/status.Status.Message"},
	"GRPC_ERROR_S":                   {"google.golang.org/grpc/internal/status.Error.s"},
	"GRPC_HTTP2_SERVER_PEER":         {"google.golang.org/grpc/internal/transport.http2Server.peer"},
	"GRPC_HTTP2_SERVER_REMOTE_ADDR":  {"google.golang.org/grpc/internal/transport.http2Server.remoteAddr"},
	"TCP_ADDR_IP":                    {"net.TCPAddr.IP"},
	"TCP_ADDR_PORT":                  {"net.TCPAddr.Port"},
	"SQL_DB_CONNECTOR":               {"database/sql.DB.connector"},
	"SQL_DSN_CONNECTOR_DSN":          {"database/sql.dsnConnector.dsn"},
	"SQL_DSN_CONNECTOR_DRIVER":       {"database/sql.dsnConnector.driver"},
	"SQL_STMT_DB":                    {"database/sql.Stmt.db"},
	"SQL_STMT_QUERY":                 {"database/sql.Stmt.query"},
	"GIN_CONTEXT_FULL_PATH":          {"github.com/gin-gonic/gin.Context.fullPath"},
	"GORILLA_REGEXP_TEMPLATE":        {"github.com/gorilla/mux.routeRegexp.template"},
	"ECHO_CONTEXT_PATH":              {"github.com/labstack/echo/v4.context.path"},
	"CHI_CONTEXT_ROUTE_PATTERNS":     {"github.com/go-chi/chi/v5.Context.RoutePatterns"},
	"PGX_CONN_CONFIG":                {"github.com/jackc/pgx/v5.Conn.config", "github.com/jackc/pgx/v4.Conn.config"},
	"PGCONN_CONFIG_HOST":             {"github.com/jackc/pgx/v5/pgconn.Config.Host", "github.com/jackc/pgconn.Config.Host"},
	"PGCONN_CONFIG_PORT":             {"github.com/jackc/pgx/v5/pgconn.Config.Port", "github.com/jackc/pgconn.Config.Port"},
	"PGCONN_CONFIG_DATABASE":         {"github.com/jackc/pgx/v5/pgconn.Config.Database", "github.com/jackc/pgconn.Config.Database"},
	"REDIS_CMD_ARGS":                 {"github.com/redis/go-redis/v9.baseCmd.args", "github.com/go-redis/redis/v8.baseCmd.args"},
	"REDIS_CLIENT_OPT":               {"github.com/redis/go-redis/v9.baseClient.opt", "github.com/go-redis/redis/v8.baseClient.opt"},
	"REDIS_OPTIONS_ADDR":             {"github.com/redis/go-redis/v9.Options.Addr", "github.com/go-redis/redis/v8.Options.Addr"},
	"KAFKA_WRITER_TOPIC":             {"github.com/segmentio/kafka-go.Writer.Topic"},
	"KAFKA_MESSAGE_TOPIC":            {"github.com/segmentio/kafka-go.Message.Topic"},
	"MONGO_OPERATION_NAME":           {"go.mongodb.org/mongo-driver/x/mongo/driver.Operation.Name", "go.mongodb.org/mongo-driver/v2/x/mongo/driver.Operation.Name"},
	"MONGO_OPERATION_DATABASE":       {"go.mongodb.org/mongo-driver/x/mongo/driver.Operation.Database", "go.mongodb.org/mongo-driver/v2/x/mongo/driver.Operation.Database"},
	"KAFKA_MESSAGE_HEADERS":          {"github.com/segmentio/kafka-go.Message.Headers"},
	"KAFKA_MESSAGE_PARTITION":        {"github.com/segmentio/kafka-go.Message.Partition"},
	"KAFKA_MESSAGE_OFFSET":           {"github.com/segmentio/kafka-go.Message.Offset"},
	"SARAMA_SENT_TOPIC":              {"github.com/IBM/sarama.ProducerMessage.Topic", "github.com/Shopify/sarama.ProducerMessage.Topic"},
	"SARAMA_SENT_HEADERS":            {"github.com/IBM/sarama.ProducerMessage.Headers", "github.com/Shopify/sarama.ProducerMessage.Headers"},
	"SARAMA_SENT_EXPECTATION":        {"github.com/IBM/sarama.ProducerMessage.expectation", "github.com/Shopify/sarama.ProducerMessage.expectation"},
	"SARAMA_TAKEN_TOPIC":             {"github.com/IBM/sarama.ConsumerMessage.Topic", "github.com/Shopify/sarama.ConsumerMessage.Topic"},
	"SARAMA_TAKEN_HEADERS":           {"github.com/IBM/sarama.ConsumerMessage.Headers", "github.com/Shopify/sarama.ConsumerMessage.Headers"},
	"SARAMA_TAKEN_PARTITION":         {"github.com/IBM/sarama.ConsumerMessage.Partition", "github.com/Shopify/sarama.ConsumerMessage.Partition"},
}

var fieldRivals = func() map[string][]string {
	out := map[string][]string{}
	for _, names := range fieldNames {
		for _, name := range names {
			out[name] = names
		}
	}
	return out
}()

// rivalOf is the field of another library that stands where this one should, in a program that has both.
func rivalOf(field string, offsets map[string]uint16) string {
	for _, name := range fieldRivals[field] {
		if name == field {
			break
		}
		if offset, there := offsets[name]; there {
			if own, known := offsets[field]; !known || own != offset {
				return name
			}
			break
		}
	}
	return ""
}
