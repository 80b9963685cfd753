// SPDX-License-Identifier: Apache-2.0
// What npm must fetch, to the last byte: every package of the tree with its checksum.
import type { AgentPin } from '../runtimes.ts';

/**
 * The newest line that serves every Node.js that the library injects into (its minimum is 18):
 * from 0.82 on Node.js 22.15 is needed, and one host can have several versions at once.
 */
export const NODE_PIN: AgentPin = {
  name: '@opentelemetry/auto-instrumentations-node',
  version: '0.81.2',
  client: 'npm',
  serves: 'Node.js 18.19 and later, 20.6 and later',
  sizeMb: 20,
  treeSha256: '9800cc57166b774d86f1de69a00e5647b58529481b48b3a4c9b3bb60b74412c3',
};

/**
 * A line a package: place, version, SHA-512 in base64, and the names of what it depends on. `>` in
 * a place stands for `/node_modules/`, and `=` is followed by the real name of an alias. Where npm
 * fetches them from is not here: that is the user's configuration.
 */
export const NODE_PACKAGES = `
@grpc/grpc-js 1.14.7 W4W/fcBMGRVtG6dW2c7cw2mnpS3hvbBd+oQXjh2iYFTZDk1JJmcNqkM5KSaPubQpamlUUurrlb7G1s9NJeERmQ== @grpc/proto-loader @js-sdsl/ordered-map
@grpc/proto-loader 0.8.1 wtF6h+DY6M3YaDBPAmvuuA6jV8Sif9MjtOI5euKFWRgCDl5PeDpPsHR9u2l6St5ceY8AZgoNDww5+HvEsXFsGg== lodash.camelcase long protobufjs yargs
@isaacs/cliui 8.0.2 O8jcjabXaleOG9DQ0+ARXWZBTfnP4WNAqzuiJK7ll44AmxGKv/J2M4TPjxjY3znBCfvBXFzucm1twdyFybFqEA== string-width string-width-cjs strip-ansi strip-ansi-cjs wrap-ansi wrap-ansi-cjs
@js-sdsl/ordered-map 4.4.2 iUKgm52T8HOE/makSxjqoWhe95ZJA1/G1sYsGev2JDKUSS14KAgg1LHb+Ba+IPow0xflbnSkOsZcO08C7w1gYw==
@opentelemetry/api 1.9.1 gLyJlPHPZYdAk1JENA9LeHejZe1Ti77/pTeFm/nMXmQH/HFZlcS/O2XJB+L8fkbrNSqhdtlvjBVjxwUYanNH5Q==
@opentelemetry/api-logs 0.223.0 Oepm6etVPFCn0VWB1t833iOTgz1eYBDUPxcrOR/XvwzD1+Ag9VzSPSrrKAFNJ/haatj+8CXbG47pZXvdNQKDJw== @opentelemetry/api
@opentelemetry/auto-instrumentations-node 0.81.2 icNBvv2Iqx1SPJDHcVcmkhi/ga/Onb4JjWTfwNUyZxZ4f/x6Ayw+seDjsfWXPFCLdH4eEINGRwuFepX/o2b27w== @opentelemetry/instrumentation @opentelemetry/instrumentation-amqplib @opentelemetry/instrumentation-aws-lambda @opentelemetry/instrumentation-aws-sdk @opentelemetry/instrumentation-bunyan @opentelemetry/instrumentation-cassandra-driver @opentelemetry/instrumentation-connect @opentelemetry/instrumentation-cucumber @opentelemetry/instrumentation-dataloader @opentelemetry/instrumentation-dns @opentelemetry/instrumentation-express @opentelemetry/instrumentation-fs @opentelemetry/instrumentation-generic-pool @opentelemetry/instrumentation-graphql @opentelemetry/instrumentation-grpc @opentelemetry/instrumentation-hapi @opentelemetry/instrumentation-host-metrics @opentelemetry/instrumentation-http @opentelemetry/instrumentation-ioredis @opentelemetry/instrumentation-kafkajs @opentelemetry/instrumentation-knex @opentelemetry/instrumentation-koa @opentelemetry/instrumentation-lru-memoizer @opentelemetry/instrumentation-memcached @opentelemetry/instrumentation-mongodb @opentelemetry/instrumentation-mongoose @opentelemetry/instrumentation-mysql @opentelemetry/instrumentation-mysql2 @opentelemetry/instrumentation-nestjs-core @opentelemetry/instrumentation-net @opentelemetry/instrumentation-openai @opentelemetry/instrumentation-oracledb @opentelemetry/instrumentation-pg @opentelemetry/instrumentation-pino @opentelemetry/instrumentation-redis @opentelemetry/instrumentation-restify @opentelemetry/instrumentation-router @opentelemetry/instrumentation-runtime-node @opentelemetry/instrumentation-socket.io @opentelemetry/instrumentation-tedious @opentelemetry/instrumentation-undici @opentelemetry/instrumentation-winston @opentelemetry/resource-detector-alibaba-cloud @opentelemetry/resource-detector-aws @opentelemetry/resource-detector-azure @opentelemetry/resource-detector-container @opentelemetry/resource-detector-gcp @opentelemetry/resources @opentelemetry/sdk-node
@opentelemetry/configuration 0.223.0 KgyHXS8weyh+mJWVZ2+3hmu7J4mwU661Y8yQ1PvBAEY7G63X8qfGr6uN61MNJrN+YzP+dC5x6PmBEgdh7x6coQ== @opentelemetry/core yaml
@opentelemetry/configuration>@opentelemetry/core 2.12.0 1HsSAuvT4/my0QrXWsyXFdWjKaPeCHsismKZgEEIb8NK13LP6DrMRlsUbvD/0F9mDWK3xDom9AMv3IscxgOnOQ== @opentelemetry/semantic-conventions
@opentelemetry/context-async-hooks 2.12.0 iK/1nD7mmZVkuYjVjkdFBiCvzntJdFny1S3CYbUYyOq7V5enL6XX+gJ7eh965L1LnS11VA8mQ7Ej/ck04SB0MQ==
@opentelemetry/core 2.12.1 3hr6Pj0/G0oVgIGb97IVcw9BjZ6eudonKjrmQxw7JquyU/XmVbJelkmyoU0sT/OvHGkv+r1tcrwv8MbSX7aKHw== @opentelemetry/semantic-conventions
@opentelemetry/exporter-logs-otlp-grpc 0.223.0 O/ztY4A+NRi9bQm9Wlj9aCh2s1lbnkA8tcv+88crBMqas6YK8AnPvKXSms3Mn1nto4ylAIQAAxjtbzCMZjGvwg== @opentelemetry/otlp-exporter-base @opentelemetry/otlp-grpc-exporter-base @opentelemetry/otlp-transformer @opentelemetry/sdk-logs
@opentelemetry/exporter-logs-otlp-http 0.223.0 YQh9+t/JmV9OeRkoLhPb4yvcrWCX6lAOmXFos/JKoD+KITZYZoxf0acnwAk6YDI9O7fX68O2ka38hx1G9exl8w== @opentelemetry/otlp-exporter-base @opentelemetry/otlp-transformer @opentelemetry/sdk-logs
@opentelemetry/exporter-logs-otlp-proto 0.223.0 wt33CkhmLfFDSRXNOABWQzVfks1PQvsRNIHqiY5Y5Hi6SiVF7iJYDTqpaUhbwcmyJYcB0LzBNvsic8GyufMxAA== @opentelemetry/otlp-exporter-base @opentelemetry/otlp-transformer @opentelemetry/sdk-logs
@opentelemetry/exporter-metrics-otlp-grpc 0.223.0 QneYDf2PWYAqmikS1/jeG8xCv0Q2EOSBm0RRM7IFU9zEnKLu7qxdlsz9t3YjxiAo7XzqfjTsJZys5qhYZAQ2PQ== @opentelemetry/exporter-metrics-otlp-http @opentelemetry/otlp-grpc-exporter-base @opentelemetry/otlp-transformer
@opentelemetry/exporter-metrics-otlp-http 0.223.0 hNC8yai/+xCNyTuiOy6JFepXXA/sb/2jCzQRY7c2cUWz6owaidihlHUpO20B9/dj8JKPNo8rcn7ikTy7Cj+JaQ== @opentelemetry/core @opentelemetry/otlp-exporter-base @opentelemetry/otlp-transformer @opentelemetry/resources @opentelemetry/sdk-metrics
@opentelemetry/exporter-metrics-otlp-http>@opentelemetry/core 2.12.0 1HsSAuvT4/my0QrXWsyXFdWjKaPeCHsismKZgEEIb8NK13LP6DrMRlsUbvD/0F9mDWK3xDom9AMv3IscxgOnOQ== @opentelemetry/semantic-conventions
@opentelemetry/exporter-metrics-otlp-http>@opentelemetry/resources 2.12.0 +rSRoOdln6NhXTVcBdHSlZxJDNzwxadeweK2ltZO3tVtfp6aklABc06xclDk6ovRR+EiGgIcSbh/6NgjFhnb3A== @opentelemetry/core @opentelemetry/semantic-conventions
@opentelemetry/exporter-metrics-otlp-proto 0.223.0 DlwYBlqUVlAQqGXOES1K92b6FyHwB2phwcsccXEQhE9Mz1CAEymQgyRwbPKjCbpySZE1ASy2s9t2kIQ1pU/tmg== @opentelemetry/exporter-metrics-otlp-http @opentelemetry/otlp-exporter-base @opentelemetry/otlp-transformer
@opentelemetry/exporter-prometheus 0.223.0 HhbN3/B8vG+JNKH2oLMynFFrz2O/o+WFklfwiVq3ffdRWOEZx1zHeYe6r86fn9BUSpQ2U5cXfQja+otTdzi5qQ== @opentelemetry/core @opentelemetry/resources @opentelemetry/sdk-metrics @opentelemetry/semantic-conventions
@opentelemetry/exporter-prometheus>@opentelemetry/core 2.12.0 1HsSAuvT4/my0QrXWsyXFdWjKaPeCHsismKZgEEIb8NK13LP6DrMRlsUbvD/0F9mDWK3xDom9AMv3IscxgOnOQ== @opentelemetry/semantic-conventions
@opentelemetry/exporter-prometheus>@opentelemetry/resources 2.12.0 +rSRoOdln6NhXTVcBdHSlZxJDNzwxadeweK2ltZO3tVtfp6aklABc06xclDk6ovRR+EiGgIcSbh/6NgjFhnb3A== @opentelemetry/core @opentelemetry/semantic-conventions
@opentelemetry/exporter-trace-otlp-grpc 0.223.0 gYDt98a44cvdbJNL+fFCFO7k7qSGaWGZAb6WUXGCKL0RiRhF96N6jlH4wXMzS1daZoV5AMHZZixjaLpQBMhpvA== @opentelemetry/otlp-exporter-base @opentelemetry/otlp-grpc-exporter-base @opentelemetry/otlp-transformer @opentelemetry/sdk-trace
@opentelemetry/exporter-trace-otlp-http 0.223.0 N8NWZaoQuF9e307S6xoVoI1lvxOOFkmBnynD42r02CPCfxoC95cJExAKBFrTD4C5iuhqthbzOZJN/W29ez4o/A== @opentelemetry/otlp-exporter-base @opentelemetry/otlp-transformer @opentelemetry/sdk-trace
@opentelemetry/exporter-trace-otlp-proto 0.223.0 hCFhPuROokNpwLibKmeMRuBNjPtbL+Ja5y/e/KBl5p3QcaH7xBjkj8roIGgKwCNJ4WChRLBzfoaNM3QksogfWw== @opentelemetry/otlp-exporter-base @opentelemetry/otlp-transformer @opentelemetry/sdk-trace
@opentelemetry/exporter-zipkin 2.12.0 XfHO6VxPkVD/QaXqgppdHK2DTqmtHLH06ggslhm5hVYAS+dwD3okaeIyhxXBbhmWn9HhCYcv285eK1TgyF0wYQ== @opentelemetry/core @opentelemetry/resources @opentelemetry/sdk-trace @opentelemetry/semantic-conventions
@opentelemetry/exporter-zipkin>@opentelemetry/core 2.12.0 1HsSAuvT4/my0QrXWsyXFdWjKaPeCHsismKZgEEIb8NK13LP6DrMRlsUbvD/0F9mDWK3xDom9AMv3IscxgOnOQ== @opentelemetry/semantic-conventions
@opentelemetry/exporter-zipkin>@opentelemetry/resources 2.12.0 +rSRoOdln6NhXTVcBdHSlZxJDNzwxadeweK2ltZO3tVtfp6aklABc06xclDk6ovRR+EiGgIcSbh/6NgjFhnb3A== @opentelemetry/core @opentelemetry/semantic-conventions
@opentelemetry/instrumentation 0.223.0 tttBo88TbwK1zpsH6VeJoxLQopxOjW3cnrP50fsQJRZftkSKDDwjolXXBvow2jy0LKXlNRkDQh0NT6yI/q+BEQ== @opentelemetry/api-logs import-in-the-middle require-in-the-middle
@opentelemetry/instrumentation-amqplib 0.70.0 sdnCH0revpLEzaoHR+I4/0c2+uhK4AzC3KbgR5XnEFN3YTJ1dp69bEZlSmcCMMg5iF1Hq7koxqknMctzmNBWwg== @opentelemetry/core @opentelemetry/instrumentation @opentelemetry/semantic-conventions
@opentelemetry/instrumentation-aws-lambda 0.75.0 0+0GYMx74DZEy1Ne2ZwEWeFHQbATx7iTWOq1+SXO2U4ipV3Xj0kSpzBtHHHmotjr3JMB6IEdS4NHACCBlpYPbg== @opentelemetry/instrumentation @opentelemetry/propagator-aws-xray @opentelemetry/semantic-conventions @types/aws-lambda
@opentelemetry/instrumentation-aws-sdk 0.78.0 R6OJWMHSdYYyp2Hlw8XnUYyeF/puTj4m2gRLDUoCfv0lGaNt/dBClUGwWJpeqQj89HTeuWL4+xg6BDx8ZYUXTw== @opentelemetry/core @opentelemetry/instrumentation @opentelemetry/semantic-conventions
@opentelemetry/instrumentation-bunyan 0.68.0 U5AoTKXtoMzJDJc/tMz5YSDovw60AUcAIOCsvIBcd5AoVhgIKxozHK/47pvSlZMMD1Zvu+nC6KnigNrPci4hIg== @opentelemetry/api-logs @opentelemetry/instrumentation @opentelemetry/semantic-conventions
@opentelemetry/instrumentation-cassandra-driver 0.68.0 WpPyQgDO9PCNOrVl6MYueEgOliK0oYVAiobPhX3NgzUqWGsMPsrH3/Bm86KFoODGjrsUrLI0auQeJgrU1twL8A== @opentelemetry/instrumentation @opentelemetry/semantic-conventions
@opentelemetry/instrumentation-connect 0.66.0 34sw9WpY+bUNoNOchxEfAHdOPcTaJTx3DnDy0n4t9y13van1ZO+qpoYY3c2gLe6TCXHz6+R8Xz9NntxiBcbHJw== @opentelemetry/core @opentelemetry/instrumentation @opentelemetry/semantic-conventions @types/connect
@opentelemetry/instrumentation-cucumber 0.39.0 d2kMqlui3uDBliKDjojBe8Eb/E+m+1AQ9NU+T4tM8Cnis1av6YpTPS0vio4b4gC2IJEKX7LH3Y/Dv+vRFc16yA== @opentelemetry/instrumentation @opentelemetry/semantic-conventions
@opentelemetry/instrumentation-dataloader 0.40.0 p8p3CcKTUF2fce1GDv7RiLfzmXRUEApd+keScZtspkR5d0gk68Va46H2sLiljn8ffe8l9aIK1RheJP3uDpTtXQ== @opentelemetry/instrumentation
@opentelemetry/instrumentation-dns 0.66.0 VHv+AA43h8IcF2p+AdXYC3N6NOCP9irsSJ5AaSEwIBpVMd/Coo3vUw1iqmgnqI+kdSgVSLrKvlXHNpcFNRqQmw== @opentelemetry/instrumentation
@opentelemetry/instrumentation-express 0.71.1 Pj2WHwSrYAGnEjl7zM4UtYbALgOLEwL0BTa4jNTGW8YGHOx6NpIOwqnD2pn2zJDH8lbiUsc+EI5Jzv3Rq4mbRg== @opentelemetry/core @opentelemetry/instrumentation @opentelemetry/semantic-conventions
@opentelemetry/instrumentation-fs 0.42.0 i6ytsmm8m9dJxpVg5PlaTMPc/rJfqroPWHZ9YAo5o+1mE8KN04Q33Aahiqs/gKtfaQUXJVxIrREyFg9dUUwcyA== @opentelemetry/core @opentelemetry/instrumentation
@opentelemetry/instrumentation-generic-pool 0.66.0 f2gTCN9zun1Twio/D3vcjG2Shuw6DycNc4P25SdkPxd2lM2+Jt41XxrACHP7ozsjG0YZsiaO7x021gkmjamnqg== @opentelemetry/instrumentation
@opentelemetry/instrumentation-graphql 0.71.0 LfIG0Fq5P6lBqzrTsxpACE5UVIVzK831nVAyjho2m+fdYtT5DneGzXJKi7aazzKTVgxRLJ45J05dS9p/0msYnw== @opentelemetry/instrumentation
@opentelemetry/instrumentation-grpc 0.223.0 G/E2zD9S8MTOPVtswQIC39BVWw47bTDD7Gg0FcfJtVw06lSwpSdUQMJZ74sJoJUycu7L/VsFJpNnqiC5h0X1VQ== @opentelemetry/instrumentation @opentelemetry/semantic-conventions
@opentelemetry/instrumentation-hapi 0.69.0 8iiznw3S3BdCG+tBLu3lwfjH3P/bakov/h2bHfoR9a9ul9BZ4mHtELC4sq18eo9COmL37UJD6JD6718EPIVzXg== @opentelemetry/core @opentelemetry/instrumentation @opentelemetry/semantic-conventions
@opentelemetry/instrumentation-host-metrics 0.6.0 GOc6ylLQsDbX4iQu+ntNgIJbVe73s7wAjESrDztpJcu0LSSZjK0qi3u6l6teIN21GNPik3BTS9uIyzFmntWrJw== @opentelemetry/instrumentation systeminformation
@opentelemetry/instrumentation-http 0.223.0 lQkvLeRjEHwDjc2NEEAPUlk4x/0qfjhbZh0U5d2/5rPPRQ7TNvMmOtd/ForpVVPGUBfhtEDrWhqumr7vLMjBtA== @opentelemetry/core @opentelemetry/instrumentation @opentelemetry/semantic-conventions forwarded-parse
@opentelemetry/instrumentation-http>@opentelemetry/core 2.12.0 1HsSAuvT4/my0QrXWsyXFdWjKaPeCHsismKZgEEIb8NK13LP6DrMRlsUbvD/0F9mDWK3xDom9AMv3IscxgOnOQ== @opentelemetry/semantic-conventions
@opentelemetry/instrumentation-ioredis 0.71.0 hPaLhyiwVqV6hcnVNK95ilmzKdEVSJVoRdWbE1Q8ABasTpJLy5CGBzHYwyDgYVulLzdLKJy23U5yRVwPt5zieA== @opentelemetry/instrumentation @opentelemetry/redis-common @opentelemetry/semantic-conventions
@opentelemetry/instrumentation-kafkajs 0.32.0 O4Ow5ARmpdx+61T6564Y1wEgdZBDicEFPEvwBM7L8EmMhAMnaQUuZue+ReUiB8TZhlQaUGlLvnZFnhE5UPWwxg== @opentelemetry/instrumentation @opentelemetry/semantic-conventions
@opentelemetry/instrumentation-knex 0.67.0 ckiOk14LnJavioCHETZT/eeX3rmweHtPLqMXLimy7PA2VZ6x9m00pN6yU+wdaGV2AhDj9lP7vaxbR30l3LjEeQ== @opentelemetry/instrumentation @opentelemetry/semantic-conventions
@opentelemetry/instrumentation-koa 0.71.0 XBCYn08dBSOpVf+d0ytGsRpzeocgnysR4/21cZRUxbMdGU+M/xbGqCaRz4znKnQ3pj5BAbRkFThkCZCLFFZGfA== @opentelemetry/core @opentelemetry/instrumentation @opentelemetry/semantic-conventions
@opentelemetry/instrumentation-lru-memoizer 0.67.0 5XABcO8yR85ln1Lk0ScHOZLQfTZJ9kfHU+Y6t4UD5Fx06kiGYToJHbWiDJT6oaHER0Oaop3Ozr9EPxYOb71UoA== @opentelemetry/instrumentation
@opentelemetry/instrumentation-memcached 0.66.0 R+w172U5oD0h5Ir01G3mp/BsNRfTzTVV9d+md0YO9GQeeNsYrHPCFi4u2OWgK+BpY5JKU306DdJCDhAUTpEa0Q== @opentelemetry/instrumentation @opentelemetry/semantic-conventions @types/memcached
@opentelemetry/instrumentation-mongodb 0.76.0 HD1vcxGnQX//rvNWYvMhukBb2Taj4xwfz77WwEKoDkKQLIzkQokflu7oZ8x/MLrsiROtiIibufM4KlRwrZb1lg== @opentelemetry/instrumentation @opentelemetry/semantic-conventions
@opentelemetry/instrumentation-mongoose 0.69.0 BUcTULiFZmv6h8XN4uW2GYJ35gDeQaTg0VkZNLOKiWWQDMK/cJTw/BYkwctoMbx6mrB1VCzmzTDw0h3BD9Ymqg== @opentelemetry/core @opentelemetry/instrumentation @opentelemetry/semantic-conventions
@opentelemetry/instrumentation-mysql 0.69.1 BumnUvBKWaCeRQHNLedS3tyJDjliLltFGN6AAK2mDrV7pI905kOnb+YWtryNh5/L5UlbESGdVB58Gb6caTxydQ== @opentelemetry/instrumentation @opentelemetry/semantic-conventions
@opentelemetry/instrumentation-mysql2 0.69.0 k4Qm4OCzYcYUsIujsMV/PqssrYlCiWwNsCRR1WQOcsXQJEGRJXzDCvDDc/2fmXuSnwY2NuLkHEHaZB1sQSH2vw== @opentelemetry/instrumentation @opentelemetry/semantic-conventions @opentelemetry/sql-common
@opentelemetry/instrumentation-nestjs-core 0.70.0 3coNqeaFJaXMDqMYeONdXQbOeYupjygBdLXelZEbEm/xpTZV+pK64EqB+4OZ3wrqNUJIvEhi1m1TSHiiO2Gc3w== @opentelemetry/instrumentation @opentelemetry/semantic-conventions
@opentelemetry/instrumentation-net 0.67.0 9uNAzSSt+2RZC1awlEbaY/yvjTIMaOt5mulpTgfrqglqVSuNz3Yc5Cd9nSr2QKZ7Ws9ZJBXUkuH27Wpti//X6w== @opentelemetry/instrumentation @opentelemetry/semantic-conventions
@opentelemetry/instrumentation-openai 0.21.0 Vf8AFAeeW7y6LgxGHjNagiMsvuHe0IB6Ss1oIDlib8RilYoZPhnhASf7bmW5S8q3vIiCZPnwaje4TrYxbYBIUA== @opentelemetry/api-logs @opentelemetry/instrumentation @opentelemetry/semantic-conventions
@opentelemetry/instrumentation-oracledb 0.48.0 hHiQ+A3h0W2PKsPshE4PKkSFmpiNS24TkQHfiYbWYHCXYav4+jQ7vzKy/UEkFjudnrdVvXK5zjnIgXaRk3Fhsg== @opentelemetry/core @opentelemetry/instrumentation @opentelemetry/semantic-conventions
@opentelemetry/instrumentation-pg 0.76.0 kcZqfqEMIDTW3SOgtwgR2uiefTalUaTDaLjFscuNuGU12zs5b70n3E09UuRUq2RFA+/yFKWkLkPRUYt2ytPE/Q== @opentelemetry/core @opentelemetry/instrumentation @opentelemetry/semantic-conventions @opentelemetry/sql-common @types/pg @types/pg-pool
@opentelemetry/instrumentation-pino 0.69.0 TWNPj+DS1biYcMYcIPS0AaPF2lCrh/rfviIsVoEHukgWiSjkbmZnyCLuUt4xRbSpJ6XnwS8UA4BXFYx1LbMIbw== @opentelemetry/api-logs @opentelemetry/core @opentelemetry/instrumentation @opentelemetry/semantic-conventions
@opentelemetry/instrumentation-redis 0.71.0 I3td4wJMT3bM0Z5FHS+EGhM8bV/mnTWGCgtEIgX+Ju+/JAV1vvQ2rN2Bt+WfglbAGjTnYviEQFOYCBci1DnW/g== @opentelemetry/instrumentation @opentelemetry/redis-common @opentelemetry/semantic-conventions
@opentelemetry/instrumentation-restify 0.68.0 eLuO3a1SHbJDpjaC3KMAVZHK/ca9IJBcdcL1Csc/SGVUGg9ONIRkmbAgrFq69It9vlxKte8EV8z1c5gVqOEMlA== @opentelemetry/core @opentelemetry/instrumentation @opentelemetry/semantic-conventions
@opentelemetry/instrumentation-router 0.67.0 9ByvXC8lTA3fycdEQITQ4eh0VQIwuacrbAMC8kSGYyLAzj9G61Oy8MhSRuOt/cneRjCHBf1+L1Q9nFpmLCOSeA== @opentelemetry/instrumentation @opentelemetry/semantic-conventions
@opentelemetry/instrumentation-runtime-node 0.36.1 LUyDgfYh7B0L8kKsC+yC0KaqB0ocj5O1IhirUv3yM/XvAFjRGklNZp2zFDjoe6t4jqKAAW+qlsbL7YYnzIWBJg== @opentelemetry/api-logs @opentelemetry/core @opentelemetry/instrumentation
@opentelemetry/instrumentation-socket.io 0.70.0 7Xei0+AEZly3Kqvv3kMYlhqVRzcBcR7Cw/YHkV8pV8Xc5LeuVz5TUaJoiZLsLEN9ffpSYhh+BVUMDgKX84xIhw== @opentelemetry/instrumentation
@opentelemetry/instrumentation-tedious 0.42.0 qATqe/ZNH/qNEFKDyJhR0kw1hcBt5ftTlkPgdjOcUVkQKAe79LO6lhJrSziTwNSxjXUNp0PjF5AIGAlafN/G+A== @opentelemetry/instrumentation @opentelemetry/semantic-conventions
@opentelemetry/instrumentation-undici 0.33.0 eR4Y9kApgnKmiIoygMtyfABTL4bwAUlt00/Nxkkr5FSC28kcM6MxzTp5mNw+KD1XcVt6dBj3Sz5aoekbTqY9GQ== @opentelemetry/core @opentelemetry/instrumentation @opentelemetry/semantic-conventions
@opentelemetry/instrumentation-winston 0.68.1 J+ko44pKaIqDF0xS5YbwHU0DlcrX6LTC3tjmJZdJNKiYkZ/xe7bI82Plk2VdNk8Ns4NfIPVUrMaYNQ6GySfTnw== @opentelemetry/api-logs @opentelemetry/instrumentation
@opentelemetry/otlp-exporter-base 0.223.0 HlJMrJXjOqdQeoYNDHEvFTpaY2p9uWDK1GPl5AZ4wI5easzfoppTduOv47M8eiF+4ew42vfI/Xvt7THYgESnRw== @opentelemetry/core @opentelemetry/otlp-transformer
@opentelemetry/otlp-exporter-base>@opentelemetry/core 2.12.0 1HsSAuvT4/my0QrXWsyXFdWjKaPeCHsismKZgEEIb8NK13LP6DrMRlsUbvD/0F9mDWK3xDom9AMv3IscxgOnOQ== @opentelemetry/semantic-conventions
@opentelemetry/otlp-grpc-exporter-base 0.223.0 62DuT9qzwFEFPq1aguQ+P6cWC4sJPwMxCj8wZ3Q+mH8LpPcV6zdv5gj1YtGIGZF5FcKt9JnDVraey0CEnu9MtQ== @grpc/grpc-js @opentelemetry/core @opentelemetry/otlp-exporter-base @opentelemetry/otlp-transformer
@opentelemetry/otlp-grpc-exporter-base>@opentelemetry/core 2.12.0 1HsSAuvT4/my0QrXWsyXFdWjKaPeCHsismKZgEEIb8NK13LP6DrMRlsUbvD/0F9mDWK3xDom9AMv3IscxgOnOQ== @opentelemetry/semantic-conventions
@opentelemetry/otlp-transformer 0.223.0 oxmmPL5/MbSsO8K588V9n/XLIe7FZTK30Fo+/U/lAnt0ZIK/hoPM03n2WpSTZVbUBGTUE7aLyxnAzh7nE2PD4Q== @opentelemetry/api-logs @opentelemetry/core @opentelemetry/resources @opentelemetry/sdk-logs @opentelemetry/sdk-metrics @opentelemetry/sdk-trace
@opentelemetry/otlp-transformer>@opentelemetry/core 2.12.0 1HsSAuvT4/my0QrXWsyXFdWjKaPeCHsismKZgEEIb8NK13LP6DrMRlsUbvD/0F9mDWK3xDom9AMv3IscxgOnOQ== @opentelemetry/semantic-conventions
@opentelemetry/otlp-transformer>@opentelemetry/resources 2.12.0 +rSRoOdln6NhXTVcBdHSlZxJDNzwxadeweK2ltZO3tVtfp6aklABc06xclDk6ovRR+EiGgIcSbh/6NgjFhnb3A== @opentelemetry/core @opentelemetry/semantic-conventions
@opentelemetry/propagator-aws-xray 2.2.0 Yjvt2EjL+tfpkVOdKbhTPgpM4SIAez9nG6Q/QjQ3yfcJcjIWp59ph70SLfvmkSL6++3DCnuBG3iWcB18PwWavQ==
@opentelemetry/propagator-b3 2.12.0 ktio0dVz2Uo83+EESOqMwqdJqoZKcf4EtmuG0mxddMKGbwN2Tignyq7JR9R7SBr1riwevitke+tpYQTMS/Fi0g== @opentelemetry/core
@opentelemetry/propagator-b3>@opentelemetry/core 2.12.0 1HsSAuvT4/my0QrXWsyXFdWjKaPeCHsismKZgEEIb8NK13LP6DrMRlsUbvD/0F9mDWK3xDom9AMv3IscxgOnOQ== @opentelemetry/semantic-conventions
@opentelemetry/propagator-jaeger 2.12.0 Kz2Vz+NILW7S1WtN4rV1wr76fMtT/RRWvAMFBc91uTIi2dDMXxrfBKNe2KH7yaCfFp1X0xfAuabzuFczvoPB6A== @opentelemetry/core
@opentelemetry/propagator-jaeger>@opentelemetry/core 2.12.0 1HsSAuvT4/my0QrXWsyXFdWjKaPeCHsismKZgEEIb8NK13LP6DrMRlsUbvD/0F9mDWK3xDom9AMv3IscxgOnOQ== @opentelemetry/semantic-conventions
@opentelemetry/redis-common 0.38.3 VCghU1JYs/4gP6Gqf/xro9MEsZ7LrMv2uONVsaESKL38ZOB9BqnI98FfS23wjMnHlpuE+TTaWSoAVNpTwYXzjw==
@opentelemetry/resource-detector-alibaba-cloud 0.38.0 cYn813U1BU6ZlW43rtqLHIF/m0hlPpeTtmRHQaN3A11O//LIPBVfpvWAh3PuQhScX3gwRrT/IZWS8Tn5HYCkAA== @opentelemetry/core @opentelemetry/resources
@opentelemetry/resource-detector-aws 2.23.0 +wpGu2UafLOGsyQX9LpVtFmSXRit+XlCw/je6c5hHBb0lNk4bHOlbjDG3XaD6yh9hv8eLAlz0HeR0lABUmFr0Q== @opentelemetry/core @opentelemetry/resources @opentelemetry/semantic-conventions
@opentelemetry/resource-detector-azure 0.31.0 ffbtfiKoV+mGro+BFK5LHa7mApip4jti7Qr4N/CmlP7hNxdCjTfMwoH+rKMm1btNcqUnVgVOqU5pBeYvEGdCwg== @opentelemetry/core @opentelemetry/resources @opentelemetry/semantic-conventions
@opentelemetry/resource-detector-container 0.8.14 m7eU89Jb9XnC2ieCQBic8L4ovki+Zw+eSXgdwF5ItN0rWUaCfJQz7Ds/luYqLbxha56wY4IP/jsxnz/WM+a53Q== @opentelemetry/core @opentelemetry/resources
@opentelemetry/resource-detector-gcp 0.58.0 ZC+piWIcMqnizT0z9ydiEdpFHrCDRTxxxIp+vaxaHAG2I+5PF0fzfBVxynIvKqcmAZLcfw8RjCL5x/JFPh8qKA== @opentelemetry/core @opentelemetry/resources gcp-metadata
@opentelemetry/resources 2.12.1 IwrNcuLCvnJAnNLkXxx0Uw+rjBkVW6VGQrhd7PanNf0LavOzkTk9sDAjdqegM7p/VdxefNRrii6d+wBRJfz35g== @opentelemetry/core @opentelemetry/semantic-conventions
@opentelemetry/sdk-logs 0.223.0 ApiAfUiUh6fmJt1GbsBuoeDn8D8IL42UvGyPUr8o1Z89ZeIiOCE1rZ78KkIUjEX3OV8Oorl9ez5Qjo43ZynDyw== @opentelemetry/api-logs @opentelemetry/core @opentelemetry/resources @opentelemetry/semantic-conventions
@opentelemetry/sdk-logs>@opentelemetry/core 2.12.0 1HsSAuvT4/my0QrXWsyXFdWjKaPeCHsismKZgEEIb8NK13LP6DrMRlsUbvD/0F9mDWK3xDom9AMv3IscxgOnOQ== @opentelemetry/semantic-conventions
@opentelemetry/sdk-logs>@opentelemetry/resources 2.12.0 +rSRoOdln6NhXTVcBdHSlZxJDNzwxadeweK2ltZO3tVtfp6aklABc06xclDk6ovRR+EiGgIcSbh/6NgjFhnb3A== @opentelemetry/core @opentelemetry/semantic-conventions
@opentelemetry/sdk-metrics 2.12.0 mVMaEHwCUJuY3S4Esn+nT0yQA3qCEGh+SOPJsXygU0Gl453WcsDNjtEa8EfdewMwoLyr1tlofB4fXytVpiXuow== @opentelemetry/core @opentelemetry/resources
@opentelemetry/sdk-metrics>@opentelemetry/core 2.12.0 1HsSAuvT4/my0QrXWsyXFdWjKaPeCHsismKZgEEIb8NK13LP6DrMRlsUbvD/0F9mDWK3xDom9AMv3IscxgOnOQ== @opentelemetry/semantic-conventions
@opentelemetry/sdk-metrics>@opentelemetry/resources 2.12.0 +rSRoOdln6NhXTVcBdHSlZxJDNzwxadeweK2ltZO3tVtfp6aklABc06xclDk6ovRR+EiGgIcSbh/6NgjFhnb3A== @opentelemetry/core @opentelemetry/semantic-conventions
@opentelemetry/sdk-node 0.223.0 PPfkgVBB9XVdANmSYeGfp1tG6RdsRFo9m9R6/ZnjvE9+TYTEXO2KYarsdtXQTdHhLSw7yzhSHqsNyUQ6c6W3eg== @opentelemetry/api-logs @opentelemetry/configuration @opentelemetry/context-async-hooks @opentelemetry/core @opentelemetry/exporter-logs-otlp-grpc @opentelemetry/exporter-logs-otlp-http @opentelemetry/exporter-logs-otlp-proto @opentelemetry/exporter-metrics-otlp-grpc @opentelemetry/exporter-metrics-otlp-http @opentelemetry/exporter-metrics-otlp-proto @opentelemetry/exporter-prometheus @opentelemetry/exporter-trace-otlp-grpc @opentelemetry/exporter-trace-otlp-http @opentelemetry/exporter-trace-otlp-proto @opentelemetry/exporter-zipkin @opentelemetry/instrumentation @opentelemetry/otlp-exporter-base @opentelemetry/otlp-grpc-exporter-base @opentelemetry/propagator-b3 @opentelemetry/propagator-jaeger @opentelemetry/resources @opentelemetry/sdk-logs @opentelemetry/sdk-metrics @opentelemetry/sdk-trace @opentelemetry/sdk-trace-base @opentelemetry/sdk-trace-node @opentelemetry/semantic-conventions
@opentelemetry/sdk-node>@opentelemetry/core 2.12.0 1HsSAuvT4/my0QrXWsyXFdWjKaPeCHsismKZgEEIb8NK13LP6DrMRlsUbvD/0F9mDWK3xDom9AMv3IscxgOnOQ== @opentelemetry/semantic-conventions
@opentelemetry/sdk-node>@opentelemetry/resources 2.12.0 +rSRoOdln6NhXTVcBdHSlZxJDNzwxadeweK2ltZO3tVtfp6aklABc06xclDk6ovRR+EiGgIcSbh/6NgjFhnb3A== @opentelemetry/core @opentelemetry/semantic-conventions
@opentelemetry/sdk-trace 2.12.0 ImVuRQ6faOsTi1Wna88s2avgrrf/iDgXPigIeynkUhjstMuoQUDOJXgkez2j1mlU4btjXcXBGa+q7qKFYR3GsA== @opentelemetry/core @opentelemetry/resources @opentelemetry/semantic-conventions
@opentelemetry/sdk-trace-base 2.12.0 JOERgZCxRM06FEJ5kEWxlSRChah6MmXDx3KwCruqEv/iEyLkTokCSemf2y1w8oIHtfrr8EVTpzebq/31vn2Cpg== @opentelemetry/core @opentelemetry/resources @opentelemetry/sdk-trace @opentelemetry/semantic-conventions
@opentelemetry/sdk-trace-base>@opentelemetry/core 2.12.0 1HsSAuvT4/my0QrXWsyXFdWjKaPeCHsismKZgEEIb8NK13LP6DrMRlsUbvD/0F9mDWK3xDom9AMv3IscxgOnOQ== @opentelemetry/semantic-conventions
@opentelemetry/sdk-trace-base>@opentelemetry/resources 2.12.0 +rSRoOdln6NhXTVcBdHSlZxJDNzwxadeweK2ltZO3tVtfp6aklABc06xclDk6ovRR+EiGgIcSbh/6NgjFhnb3A== @opentelemetry/core @opentelemetry/semantic-conventions
@opentelemetry/sdk-trace-node 2.12.0 9DufH1IlmQMoKAfot5y/FhTP1RnmhLb5K6eKmJO/bvzPjYwPAazoiAUbTZFdPbqxOXN0FEbhZx/e6SB1Og4jmg== @opentelemetry/context-async-hooks @opentelemetry/core @opentelemetry/sdk-trace-base
@opentelemetry/sdk-trace-node>@opentelemetry/core 2.12.0 1HsSAuvT4/my0QrXWsyXFdWjKaPeCHsismKZgEEIb8NK13LP6DrMRlsUbvD/0F9mDWK3xDom9AMv3IscxgOnOQ== @opentelemetry/semantic-conventions
@opentelemetry/sdk-trace>@opentelemetry/core 2.12.0 1HsSAuvT4/my0QrXWsyXFdWjKaPeCHsismKZgEEIb8NK13LP6DrMRlsUbvD/0F9mDWK3xDom9AMv3IscxgOnOQ== @opentelemetry/semantic-conventions
@opentelemetry/sdk-trace>@opentelemetry/resources 2.12.0 +rSRoOdln6NhXTVcBdHSlZxJDNzwxadeweK2ltZO3tVtfp6aklABc06xclDk6ovRR+EiGgIcSbh/6NgjFhnb3A== @opentelemetry/core @opentelemetry/semantic-conventions
@opentelemetry/semantic-conventions 1.45.0 aOP45mbcOKbQVvFWfQmgoOPT8R2iwbbbgl83k4CujGV9BrJhFr3qG55MFpwFs4YLabpuW3HhzUY9eQxPlDqaZw==
@opentelemetry/sql-common 0.42.0 nwUwUU+8O8a4bnLqk6CodWeegGMEANgC94KTAhXcpGWLrW/2/hek/0ajNbjXnSOoNuCX+nteUPs46HFHhou9Xw== @opentelemetry/core
@pkgjs/parseargs 0.11.0 +1VkjdD0QBLPodGrJUeqarH8VAIvQODIbwh9XpP5Syisf7YoQgsJKPNFoqqLQlu+VQ/tVSshMR6loPMn8U+dPg==
@protobufjs/aspromise 1.1.2 j+gKExEuLmKwvz3OgROXtrJ2UG2x8Ch2YZUxahh+s1F2HZ+wAceUNLkvy6zKCPVRkU++ZWQrdxsUeQXmcg4uoQ==
@protobufjs/base64 1.1.2 AZkcAA5vnN/v4PDqKyMR5lx7hZttPDgClv83E//FMNhR2TMcLUhfRUBHCmSl0oi9zMgDDqRUJkSxO3wm85+XLg==
@protobufjs/codegen 2.0.5 zgXFLzW3Ap33e6d0Wlj4MGIm6Ce8O89n/apUaGNB/jx+hw+ruWEp7EwGUshdLKVRCxZW12fp9r40E1mQrf/34g==
@protobufjs/eventemitter 1.1.1 vW1GmwMZNnL+gMRaovlh9yZX74kc+TTU3FObkkurpMaRtBfLP3ldjS9KQWlwZgraRE0+dheEEoAxdzcJQ8eXZg==
@protobufjs/fetch 1.1.1 GpptLrs57adMSuHi3VNj0mAF8dwh36LMaYF6XyJ6JMWlVsc+t42tm1HSEDmOs3A8fC9yyeisgLhsTVQokOZ0zw== @protobufjs/aspromise
@protobufjs/float 1.0.2 Ddb+kVXlXst9d+R9PfTIxh1EdNkgoRe5tOX6t01f1lYWOvJnSPDBlG241QLzcyPdoNTsblLUdujGSE4RzrTZGQ==
@protobufjs/path 1.1.2 6JOcJ5Tm08dOHAbdR3GrvP+yUUfkjG5ePsHYczMFLq3ZmMkAD98cDgcT2iA1lJ9NVwFd4tH/iSSoe44YWkltEA==
@protobufjs/pool 1.1.0 0kELaGSIDBKvcgS4zkjz1PeddatrjYcmMWOlAuAPwAeccUrPHdUqo/J6LiymHHEiJT5NrF1UVwxY14f+fy4WQw==
@protobufjs/utf8 1.1.2 b1UQwcEZ4yCnMCD8DAL1VlbvBJE9/IX4FTIp7BG1xYpf29SLazLSrqUkj4w7Y5y7cCVP6E5tcqqcI0xemPkHug==
@types/aws-lambda 8.10.164 XOnrazWcOd6yWPnR7DxqCBPPYciDjHq+NN8LPwwqBCJNXLyPJgKo47fZpJ113+oyAn9Zti0Cf6H4k6yPcE3WFg==
@types/connect 3.4.38 K6uROf1LD88uDQqJCktA4yzL1YYAK6NgfsI0v/mTgyPKWsX1CnJ0XPSDhViejru1GcRkLWb8RlzFYJRqGUbaug== @types/node
@types/memcached 2.2.10 AM9smvZN55Gzs2wRrqeMHVP7KE8KWgCJO/XL5yCly2xF6EKa4YlbpK+cLSAH4NG/Ah64HrlegmGqW8kYws7Vxg== @types/node
@types/node 26.6.6 MzQj+8Kx3XI40OmUAE6Qoh58ZMNstNNMwn2nfd3qWsfe7nDNSqJNzes4njhz6AHwrSHOffSLwXU6yb474Q4aog== undici-types
@types/pg 8.15.6 NoaMtzhxOrubeL/7UZuNTrejB4MPAJ0RpxZqXQf2qXuVlTPuG6Y8p4u9dKRaue4yjmC7ZhzVO2/Yyyn25znrPQ== @types/node pg-protocol pg-types
@types/pg-pool 2.0.7 U4CwmGVQcbEuqpyju8/ptOKg6gEC+Tqsvj2xS9o1g71bUh8twxnC6ZL5rZKCsGN0iyH0CwgUyc9VR5owNQF9Ng== @types/pg
agent-base 7.1.4 MnA+YT8fwfJPgBx3m60MNqakm30XOkyIoH1y6huTQvC0PwZG7ki8NacLBcrPbNoo8vEZy7Jpuk7+jMO+CUovTQ==
ansi-regex 6.6.0 XZ5apbzreCbXSKwPjJstu8R0zOi247w3XYwWxtwBXgpZrCyc1Ka7p9/xY0A9/diMewmHbEKz+FIraWaEWjlN5g==
ansi-styles 6.2.3 4Dj6M28JB+oAH8kFkTLUo+a2jwOFkuqb3yucU0CANcRRUbxS0cP0nZYCGjcc3BNXwRIsUVmDGgzawme7zvJHvg==
balanced-match 1.0.2 3oSeUO0TMV67hN1AmbXsK4yaqU7tjiHlbxRDZOpH0KW9+CeX4bRAaX0Anxt0tx2MrpRpWwQaPwIlISEJhYU5Pw==
bignumber.js 9.3.1 Ko0uX15oIUS7wJ3Rb30Fs6SkVbLmPBAKdlm7q9+ak9bbIeFf0MwuBsQV6z7+X768/cHsfg+WlysDWJcmthjsjQ==
brace-expansion 2.1.8 BnlDzDYQoplTsZSvPi86CNzmbcb07X8ufR8fk1zivaiEJlXJkiq1MQyDCVmlWcsWbj6aWXqHnrwwevbrm/Saig== balanced-match
cjs-module-lexer 2.3.0 lmNyBzi6iYiqyrExTctfmjd8tInx+dHu9PBomTfH5RXS53c27JMFJgzNv5TyAnm3PgGf+MLy0+Ws41/HlVxdKQ==
cliui 8.0.1 BSeNnyus75C4//NQ9gQt1/csTXyo/8Sb+afLAkzAptFuMsod9HFokGNudZpi/oQV73hnVK+sR+5PVRMd+Dr7YQ== string-width strip-ansi wrap-ansi
cliui>ansi-regex 5.0.1 quJQXlTSUGL2LH9SUXo8VwsY4soanhgo6LNSm84E1LBcE8s3O0wpdiRzyR9z/ZZJMlMWv37qOOb9pdJlMUEKFQ==
cliui>ansi-styles 4.3.0 zbB9rCJAT1rbjiVDb2hqKFHNYLxgtk8NURxZ3IZwD3F6NtxbXZQCnnSi1Lkx+IDohdPlFp222wVALIheZJQSEg== color-convert
cliui>emoji-regex 8.0.0 MSjYzcWNOA0ewAHpz0MxpYFvwg6yjy1NG3xteoqz644VCo/RPgnr1/GGt+ic3iJTzQ8Eu3TdM14SawnVUmGE6A==
cliui>string-width 4.2.3 wKyQRQpjJ0sIp62ErSZdGsjMJWsap5oRNihHhu6G7JVO/9jIB6UyevL+tXuOqrng8j/cxKTWyWUwvSTriiZz/g== emoji-regex is-fullwidth-code-point strip-ansi
cliui>strip-ansi 6.0.1 Y38VPSHcqkFrCpFnQ9vuSXmquuv5oXOKpGeT6aGrr3o3Gc9AlVa6JBfUSOCnbxGGZF+/0ooI7KrPuUSztUdU5A== ansi-regex
cliui>wrap-ansi 7.0.0 YVGIj2kamLSTxw6NsZjoBxfSwsn0ycdesmc4p+Q21c5zPuZ1pl+NfxVdxPtdHvmNVOQ6XSYG4AUtyt/Fi7D16Q== ansi-styles string-width strip-ansi
color-convert 2.0.1 RRECPsj7iu/xb5oKYcsFHSppFNnsj/52OVTRKb4zP5onXwVF3zVmmToNcOfGC+CRDpfK/U584fMg38ZHCaElKQ== color-name
color-name 1.1.4 dOy+3AuW3a2wNbZHIuMZpTcgjGuLU/uBL/ubcZF9OXbDo8ff4O8yVp5Bf0efS8uEoYo5q4Fx7dY9OgQGXgAsQA==
cross-spawn 7.0.6 uV2QOWP2nWzsy2aMp8aRibhi9dlzF5Hgh5SHaB9OiTGEyDTiJJyx0uy51QXdyWbtAHNua4XJzUKca3OzKUd3vA== path-key shebang-command which
data-uri-to-buffer 4.0.1 0R9ikRb668HB7QDxT1vkpuUBtqc53YyAwMwGeUFKRojY/NWKvdZ+9UYtRfGmhqNbRkTSVpMbmyhXipFFv2cb/A==
debug 4.4.3 RGwwWnwQvkVfavKVt22FGLw+xYSdzARwm0ru6DhTVA3umU5hZc28V3kO4stgYryrTlLpuvgI9GiijltAjNbcqA== ms
eastasianwidth 0.2.0 I88TYZWc9XiYHRQ4/3c5rjjfgkjhLyW2luGIheGERbNQ6OY7yTybanSpDXZa8y7VUP9YmDcYa+eyq4ca7iLqWA==
emoji-regex 9.2.2 L18DaJsXSUk2+42pv8mLs5jJT2hqFkFE4j21wOmgbUqsZ2hL72NsUU785g9RXgo3s0ZNgVl42TiHp3ZtOv/Vyg==
es-module-lexer 3.0.5 RNq2lKJw53c7z9QRHeiKeA6Ez0oikOqiBGdmxQhKDxEiOX1g5QJR4IoFVwicn8uCZcRWNrXC3NZaJihgK7aEbg==
escalade 3.2.0 WUj2qlxaQtO4g6Pq5c29GTcWGDyd8itL8zTlipgECz3JesAiiOKotd8JU6otB3PACgG6xkJUyVhboMS+bje/jA==
extend 3.0.2 fjquC59cD7CyW6urNXK0FBufkZcoiGG80wTuPujX590cB5Ttln20E2UB4S/WARVqhXffZl2LNgS+gQdPIIim/g==
fetch-blob 3.2.0 7yAQpD2UMJzLi1Dqv7qFYnPbaPx7ZfFK6PiIxQ4PfkGPyNyl2Ugx+a/umUonmKqjhM4DnfbMvdX6otXq83soQQ== node-domexception web-streams-polyfill
foreground-child 3.3.1 gIXjKqtFuWEgzFRJA9WCQeSJLZDjgJUOMCMzxtvFq/37KojM1BFGufqsCy0r4qSQmYLsZYMeyRqzIWOMup03sw== cross-spawn signal-exit
formdata-polyfill 4.0.10 buewHzMvYL29jdeQTVILecSaZKnt/RJWjoZCF5OW60Z67/GmSLBkOFM7qh1PI3zFNtJbaZL5eQu1vLfazOwj4g== fetch-blob
forwarded-parse 2.1.2 alTFZZQDKMporBH77856pXgzhEzaUVmLCDk+egLgIgHst3Tpndzz8MnKe+GzRJRfvVdn69HhpW7cmXzvtLvJAw==
gaxios 7.1.3 YGGyuEdVIjqxkxVH1pUTMY/XtmmsApXrCVv5EU25iX6inEPbV+VakJfLealkBtJN69AQmh1eGOdCl9Sm1UP6XQ== extend https-proxy-agent node-fetch rimraf
gcp-metadata 8.1.4 iJ9KMsiu+xKtNRX0PmGLSaIU3bUBAyzWTyqKemKPzNPsmmsBCQYmlNg+brEbES7IHSXtdVwzBPzx1vz3FAaipw== gaxios google-logging-utils json-bigint
get-caller-file 2.0.5 DyFP3BM/3YHTQOCUL/w0OZHR0lpKeGrxotcHWcqNEdnltqFwXVfhEBQ94eIo34AfQpo0rGki4cyIiftY06h2Fg==
glob 10.5.0 DfXN8DfhJ7NH3Oe7cFmu3NCu1wKbkReJ8TorzSAFbSKrlNaQSKfIzqYqVY8zlbs2NLBbWpRiU52GX2PbaBVNkg== foreground-child jackspeak minimatch minipass package-json-from-dist path-scurry
google-logging-utils 1.1.3 eAmLkjDjAFCVXg7A1unxHsLf961m6y17QFqXqAXGj/gVkKFrEICfStRfwUlGNfeCEjNRa32JEWOUTlYXPyyKvA==
https-proxy-agent 7.0.6 vK9P5/iUfdl95AI+JVyUuIcVtd4ofvtrOr3HNtM2yxC9bnMbEdp3x01OhQNnjb8IJYi38VlTE3mBXwcfvywuSw== agent-base debug
import-in-the-middle 3.6.0 xRU7hI24S2FhucXtuZXn8EpcOjfVP6iiEQyR0USayPeaOroEmSsNlqnl95866iRdRtkHrd6Q/Z4D14R60au0+A== cjs-module-lexer es-module-lexer module-details-from-path
is-fullwidth-code-point 3.0.0 zymm5+u+sCsSWyD9qNaejV3DFvhCKclKdizYaJUuHA83RLjb7nSuGnddCHGv0hk+KY7BMAlsWeK4Ueg6EV6XQg==
isexe 2.0.0 RHxMLp9lnKHGHRng9QFhRCMbYAcVpn69smSGcq3f36xjgVVWThj4qqLbTLlq7Ssj8B+fIQ1EuCEGI2lKsyQeIw==
jackspeak 3.4.3 OGlZQpz2yfahA/Rd1Y8Cd9SIEsqvXkLVoSw/cgwhnhFMDbsQFeZYoJJ7bIZBS9BcamUW96asq/npPWugM+RQBw== @isaacs/cliui @pkgjs/parseargs
json-bigint 1.0.0 SiPv/8VpZuWbvLSMtTDU8hEfrZWg/mH/nV/b4o0CYbSxu1UIQPLdwKOCIyLQX+VIPO5vrLX3i8qtqFyhdPSUSQ== bignumber.js
lodash.camelcase 4.3.0 TwuEnCnxbc3rAvhf/LbG7tJUDzhqXyFnv3dtzLOPgCG/hODL7WFnsbwktkD7yUV0RrreP/l1PALq/YSg6VvjlA==
long 5.3.2 mNAgZ1GmyNhD7AuqnTG3/VQ26o760+ZYBPKjPvugO8+nLbYfX6TVpJPseBvopbdY+qpZ/lKUnmEc1LeZYS3QAA==
lru-cache 10.4.3 JNAzZcXrCt42VGLuYz0zfAzDfAvJWW6AfYlDBQyDV5DClI2m5sAmK+OIO7s59XfsRsWHp02jAJrRadPRGTt6SQ==
minimatch 9.0.9 OBwBN9AL4dqmETlpS2zasx+vTeWclWzkblfZk7KTA5j3jeOONz/tRCnZomUyvNg83wL5Zv9Ss6HMJXAgL8R2Yg== brace-expansion
minipass 7.1.3 tEBHqDnIoM/1rXME1zgka9g6Q2lcoCkxHLuc7ODJ5BxbP5d4c2Z5cGgtXAku59200Cx7diuHTOYfSBD8n6mm8A==
module-details-from-path 1.0.4 EGWKgxALGMgzvxYF1UyGTy0HXX/2vHLkw6+NvDKW2jypWbHpjQuj4UMcqQWXHERJhVGKikolT06G3bcKe4fi7w==
ms 2.1.3 6FlzubTLZG3J2a/NVCAleEhjzq5oxgHyaCU9yYXvcLsvoVaHJq/s5xXI6/XXP6tz7R9xAOtHnSO/tXtF3WRTlA==
node-domexception 1.0.0 /jKZoMpw0F8GRwl4/eLROPA3cfcXtLApP0QzLmUT/HuPCZWyB7IY9ZrMeKw2O/nFIqPQB3PVM9aYm0F312AXDQ==
node-fetch 3.3.2 dRB78srN/l6gqWulah9SrxeYnxeddIG30+GOqK/9OlLVyLg3HPnr6SqOWTWOXKRwC2eGYCkZ59NNuSgvSrpgOA== data-uri-to-buffer fetch-blob formdata-polyfill
package-json-from-dist 1.0.1 UEZIS3/by4OC8vL3P2dTXRETpebLI2NiI5vIrjaD/5UtrkFX/tNbwjTSRAGC/+7CAo2pIcBaRgWmcBBHcsaCIw==
path-key 3.1.1 ojmeN0qd+y0jszEtoY48r0Peq5dwMEkIlCOu6Q5f41lfkswXuKtYrhgoTpLnyIcHm24Uhqx+5Tqm2InSwLhE6Q==
path-scurry 1.11.1 Xa4Nw17FS9ApQFJ9umLiJS4orGjm7ZzwUrwamcGQuHSzDyth9boKDaycYdDcZDuqYATXw4HFXgaqWTctW/v1HA== lru-cache minipass
pg-int8 1.0.1 WCtabS6t3c8SkpDBUlb1kjOs7l66xsGdKpIPZsg4wR+B3+u9UAum2odSsF9tnvxg80h4ZxLWMy4pRjOsFIqQpw==
pg-protocol 1.16.1 p9VOFMiHB/ZbJATetbg+99PxssTVSQRnyuPSQ67mN1+1KBOjZaZ83ZQzltnxPhJwSsC3nwVjJ10DVJlerbFzLg==
pg-types 2.2.0 qTAAlrEsl8s4OiEQY69wDvcMIdQN6wdz5ojQiOy6YRMuynxenON0O5oCpJI6lshc6scgAY8qvJ2On/p+CXY0GA== pg-int8 postgres-array postgres-bytea postgres-date postgres-interval
postgres-array 2.0.0 VpZrUqU5A69eQyW2c5CA1jtLecCsN2U/bD6VilrFDWq5+5UIEVO7nazS3TEcHf1zuPYO/sqGvUvW62g86RXZuA==
postgres-bytea 1.0.1 5+5HqXnsZPE65IJZSMkZtURARZelel2oXUEO8rH83VS/hxH5vv1uHquPg5wZs8yMAfdv971IU+kcPUczi7NVBQ==
postgres-date 1.0.7 suDmjLVQg78nMK2UZ454hAG+OAW+HQPZ6n++TNDUX+L0+uUlLywnoxJKDou51Zm+zTCjrCl0Nq6J9C5hP9vK/Q==
postgres-interval 1.2.0 9ZhXKM/rw350N1ovuWHbGxnGh/SNJ4cnxHiM0rxE4VN41wsg8P8zWn9hv/buK00RP4WvlOyr/RBDiptyxVbkZQ== xtend
protobufjs 7.6.6 dYDWdjSl5RNb7SgPxGQcRU+GtvP7s2fpkrY0r432PcOIaZ0/rBcxEZnQN67iJhFuQiVw754JDoPruPCNdGsbjg== @protobufjs/aspromise @protobufjs/base64 @protobufjs/codegen @protobufjs/eventemitter @protobufjs/fetch @protobufjs/float @protobufjs/path @protobufjs/pool @protobufjs/utf8 @types/node long
require-directory 2.1.1 fGxEI7+wsG9xrvdjsrlmL22OMTTiHRwAMroiEeMgq8gzoLC/PQr7RsRDSTLUg/bZAZtF+TVIkHc6/4RIKrui+Q==
require-in-the-middle 8.0.1 QT7FVMXfWOYFbeRBF6nu+I6tr2Tf3u0q8RIEjNob/heKY/nh7drD/k7eeMFmSQgnTtCzLDcCu/XEnpW2wk4xCQ== debug module-details-from-path
rimraf 5.0.10 l0OE8wL34P4nJH/H2ffoaniAokM2qSmrtXHmlpvYr5AVVX8msAyW0l8NVJFDxlSK4u3Uh/f41cQheDVdnYijwQ== glob
shebang-command 2.0.0 kHxr2zZpYtdmrN1qDjrrX/Z1rR1kG8Dx+gkpK1G4eXmvXswmcE1hTWBWYUzlraYw1/yZp6YuDY77YtvbN0dmDA== shebang-regex
shebang-regex 3.0.0 7++dFhtcx3353uBaq8DDR4NuxBetBzC7ZQOhmTQInHEd6bSrXdiEyzCvG07Z44UYdLShWUyXt5M/yhz8ekcb1A==
signal-exit 4.1.0 bzyZ1e88w9O1iNJbKnOlvYTrWPDl46O1bG0D3XInv+9tkPrxrN8jUUTiFlDkkmKWgn1M6CfIA13SuGqOa9Korw==
string-width 5.1.2 HnLOCR3vjcY8beoNLtcjZ5/nxn2afmME6lhrDrebokqMap+XbeW8n9TXpPDOqdGK5qcI3oT0GKTW6wC7EMiVqA== eastasianwidth emoji-regex strip-ansi
string-width-cjs=string-width 4.2.3 wKyQRQpjJ0sIp62ErSZdGsjMJWsap5oRNihHhu6G7JVO/9jIB6UyevL+tXuOqrng8j/cxKTWyWUwvSTriiZz/g== emoji-regex is-fullwidth-code-point strip-ansi
string-width-cjs>ansi-regex 5.0.1 quJQXlTSUGL2LH9SUXo8VwsY4soanhgo6LNSm84E1LBcE8s3O0wpdiRzyR9z/ZZJMlMWv37qOOb9pdJlMUEKFQ==
string-width-cjs>emoji-regex 8.0.0 MSjYzcWNOA0ewAHpz0MxpYFvwg6yjy1NG3xteoqz644VCo/RPgnr1/GGt+ic3iJTzQ8Eu3TdM14SawnVUmGE6A==
string-width-cjs>strip-ansi 6.0.1 Y38VPSHcqkFrCpFnQ9vuSXmquuv5oXOKpGeT6aGrr3o3Gc9AlVa6JBfUSOCnbxGGZF+/0ooI7KrPuUSztUdU5A== ansi-regex
strip-ansi 7.2.0 yDPMNjp4WyfYBkHnjIRLfca1i6KMyGCtsVgoKe/z1+6vukgaENdgGBZt+ZmKPc4gavvEZ5OgHfHdrazhgNyG7w== ansi-regex
strip-ansi-cjs=strip-ansi 6.0.1 Y38VPSHcqkFrCpFnQ9vuSXmquuv5oXOKpGeT6aGrr3o3Gc9AlVa6JBfUSOCnbxGGZF+/0ooI7KrPuUSztUdU5A== ansi-regex
strip-ansi-cjs>ansi-regex 5.0.1 quJQXlTSUGL2LH9SUXo8VwsY4soanhgo6LNSm84E1LBcE8s3O0wpdiRzyR9z/ZZJMlMWv37qOOb9pdJlMUEKFQ==
systeminformation 5.33.23 OBOvemo4WHf8bGMszwszn3JcFxkIMZt7adjhdgJh3eePo37EIBZovZbhJDQ2zfVYPEtXScHDJXGik8eYd3WMNw==
undici-types 8.9.0 KTDyRTYX8sWmKXAikPHHSyc63CRPETMctyjKFupcC6OBLXT3xsN0e9aF7m+mIXutFWpUXuedtowG7iLOzp0kQg==
web-streams-polyfill 3.3.3 d2JWLCivmZYTSIoge9MsgFCZrt571BikcWGYkjC1khllbTeDlGqZ2D8vD8E/lJa8WGWbb7Plm8/XJYV7IJHZZw==
which 2.0.2 BLI3Tl1TW3Pvl70l3yq3Y64i+awpwXqsGBYWkkqMtnbXgrMD+yj7rhW0kuEDxzJaYXGjEW5ogapKNMEKNMjibA== isexe
wrap-ansi 8.1.0 si7QWI6zUMq56bESFvagtmzMdGOtoxfR+Sez11Mobfc7tm+VkUckk9bW2UeffTGVUbOksxmSw0AA2gs8g71NCQ== ansi-styles string-width strip-ansi
wrap-ansi-cjs=wrap-ansi 7.0.0 YVGIj2kamLSTxw6NsZjoBxfSwsn0ycdesmc4p+Q21c5zPuZ1pl+NfxVdxPtdHvmNVOQ6XSYG4AUtyt/Fi7D16Q== ansi-styles string-width strip-ansi
wrap-ansi-cjs>ansi-regex 5.0.1 quJQXlTSUGL2LH9SUXo8VwsY4soanhgo6LNSm84E1LBcE8s3O0wpdiRzyR9z/ZZJMlMWv37qOOb9pdJlMUEKFQ==
wrap-ansi-cjs>ansi-styles 4.3.0 zbB9rCJAT1rbjiVDb2hqKFHNYLxgtk8NURxZ3IZwD3F6NtxbXZQCnnSi1Lkx+IDohdPlFp222wVALIheZJQSEg== color-convert
wrap-ansi-cjs>emoji-regex 8.0.0 MSjYzcWNOA0ewAHpz0MxpYFvwg6yjy1NG3xteoqz644VCo/RPgnr1/GGt+ic3iJTzQ8Eu3TdM14SawnVUmGE6A==
wrap-ansi-cjs>string-width 4.2.3 wKyQRQpjJ0sIp62ErSZdGsjMJWsap5oRNihHhu6G7JVO/9jIB6UyevL+tXuOqrng8j/cxKTWyWUwvSTriiZz/g== emoji-regex is-fullwidth-code-point strip-ansi
wrap-ansi-cjs>strip-ansi 6.0.1 Y38VPSHcqkFrCpFnQ9vuSXmquuv5oXOKpGeT6aGrr3o3Gc9AlVa6JBfUSOCnbxGGZF+/0ooI7KrPuUSztUdU5A== ansi-regex
xtend 4.0.2 LKYU1iAXJXUgAXn9URjiu+MWhyUXHsvfp7mcuYm9dSUKK0/CjtrUwFAxD82/mCWbtLsGjFIad0wIsod4zrTAEQ==
y18n 5.0.8 0pfFzegeDWJHJIAmTLRP2DwHjdF5s7jo9tuztdQxAhINCdvS+3nGINqPd00AphqJR/0LhANUS6/+7SCb98YOfA==
yaml 2.9.1 3NxN8+78OdzbT7C/WjGsyfPAtJaN3FNDsWxv7Y7mcDsT/oOmgW8BpyQQFFBnvZE3j9Y2Sdz1ULFLezL7Eb2yFw==
yargs 17.7.3 GZtjxm/J/4TSxuL3FNYjCmLktBTnIw/rVmKSIyKeYAZpmJB2ig9VauCC5xsa82GNKVKDAqpOn3KVzNt0zmrU0g== cliui escalade get-caller-file require-directory string-width y18n yargs-parser
yargs-parser 21.1.1 tVpsJW7DdjecAiFpbIB1e3qxIQsE6NoPc5/eTdrbbIC4h0LVsWhnoa3g+m2HclBIujHzsxZ4VJVA+GUuc2/LBw==
yargs>ansi-regex 5.0.1 quJQXlTSUGL2LH9SUXo8VwsY4soanhgo6LNSm84E1LBcE8s3O0wpdiRzyR9z/ZZJMlMWv37qOOb9pdJlMUEKFQ==
yargs>emoji-regex 8.0.0 MSjYzcWNOA0ewAHpz0MxpYFvwg6yjy1NG3xteoqz644VCo/RPgnr1/GGt+ic3iJTzQ8Eu3TdM14SawnVUmGE6A==
yargs>string-width 4.2.3 wKyQRQpjJ0sIp62ErSZdGsjMJWsap5oRNihHhu6G7JVO/9jIB6UyevL+tXuOqrng8j/cxKTWyWUwvSTriiZz/g== emoji-regex is-fullwidth-code-point strip-ansi
yargs>strip-ansi 6.0.1 Y38VPSHcqkFrCpFnQ9vuSXmquuv5oXOKpGeT6aGrr3o3Gc9AlVa6JBfUSOCnbxGGZF+/0ooI7KrPuUSztUdU5A== ansi-regex
`;
