module otelkit/propagate-client

go 1.22
