module otelkit.dev/go-offsets

go 1.26
