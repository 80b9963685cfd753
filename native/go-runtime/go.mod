module otelkit.dev/go

go 1.22
