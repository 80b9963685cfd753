// SPDX-License-Identifier: Apache-2.0

package gotrace

const (
	gin     = "github.com/gin-gonic/gin"
	gorilla = "github.com/gorilla/mux"
	echo    = "github.com/labstack/echo/v4"
	chi     = "github.com/go-chi/chi/v5"
)

// routers tell the routes that net/http does not know. Their sites count as beginnings: without a
// server's span they do nothing.
func routers() []Library {
	return []Library{
		{
			Name: "gin routes", Module: gin,
			Functions: []Function{begin(gin+".(*Context).Next", "route_gin")},
			Fields:    need(gin + ".Context.fullPath"),
		},
		{
			Name: "gorilla/mux routes", Module: gorilla,
			Functions: []Function{begin(gorilla+".routeRegexpGroup.setMatch", "route_gorilla")},
			Fields:    need(gorilla + ".routeRegexp.template"),
		},
		{
			Name: "echo routes", Module: echo,
			Functions: []Function{
				begin(echo+".(*Router).Find", "route_begin").with(1),
				end(echo+".(*Router).Find", "route_echo", atReturns),
			},
			Fields: need(echo + ".context.path"),
		},
		{
			Name: "chi routes", Module: chi,
			Functions: []Function{
				begin(chi+".(*node).FindRoute", "route_begin"),
				end(chi+".(*Mux).routeHTTP", "route_chi", atTest, chi+".(*node).FindRoute"),
			},
			Fields: need(chi + ".Context.RoutePatterns"),
		},
	}
}

const (
	autoSDK   = "go.opentelemetry.io/auto/sdk"
	otelTrace = "go.opentelemetry.io/otel/trace"
	otelNoop  = "go.opentelemetry.io/otel/internal/global"
)

// manualFunctions are those that put a span into a context.
var manualFunctions = map[string]bool{
	autoSDK + ".(*tracer).start": true, otelTrace + ".(*autoTracer).start": true,
	otelNoop + ".(*tracer).newSpan": true,
}

func manualSpans() []Library {
	return []Library{
		{
			Name: "auto/sdk spans", Module: autoSDK,
			Functions: []Function{
				begin(autoSDK+".(*tracer).start", "manual_begin"),
				end(autoSDK+".(*span).ended", "manual_end", atEntry),
			},
			Fields: []Field{},
		},
		{
			Name: "otel/trace spans", Module: otelTrace,
			Functions: []Function{
				begin(otelTrace+".(*autoTracer).start", "manual_begin"),
				end(otelTrace+".(*autoSpan).ended", "manual_end", atEntry),
			},
			Fields: []Field{},
		},
		{
			// What go.opentelemetry.io/otel gives a program that has set up no SDK: names, no attributes.
			Name: "otel spans", Module: "go.opentelemetry.io/otel",
			Functions: []Function{
				begin(otelNoop+".(*tracer).newSpan", "global_begin"),
				end(otelNoop+".(*tracer).newSpan", "global_made", atReturns),
				end(otelNoop+".(*nonRecordingSpan).End", "global_end", atEntry),
			},
			Fields: []Field{},
		},
	}
}
