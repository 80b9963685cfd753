module otelkit/bench/load

go 1.22
