# fish completion for otel-go, generated: do not edit

# Whether the command is the one given; the empty one, when none is there yet.
function __otel_go_at
    set -l words (commandline -opc)
    if test (count $words) -lt 2
        test -z "$argv[1]"
    else
        test "$words[2]" = "$argv[1]"
    end
end

complete -c otel-go -f
complete -c otel-go -n '__otel_go_at ""' -a attach -d 'Distributed traces of running Go programs, by uprobes, without restarting them'
complete -c otel-go -n '__otel_go_at ""' -a completion -d 'The script that lets your shell complete commands, flags and values'
complete -c otel-go -n '__otel_go_at ""' -a help -d 'Help on a command'
complete -c otel-go -n '__otel_go_at ""' -l version -d 'show the version'
complete -c otel-go -n '__otel_go_at ""' -s h -l help -d 'show help'
complete -c otel-go -n '__otel_go_at help' -a 'attach completion'
complete -c otel-go -n '__otel_go_at attach' -s p -l pid -r -f -a '(__fish_complete_pids)' -d 'this process; repeatable'
complete -c otel-go -n '__otel_go_at attach' -l exe -r -F -d 'processes of executables whose path matches, now or later; repeatable'
complete -c otel-go -n '__otel_go_at attach' -l port -r -f -d 'whoever listens on this TCP port, now or later; repeatable'
complete -c otel-go -n '__otel_go_at attach' -l container -r -f -d 'processes of the container whose ID begins so; repeatable'
complete -c otel-go -n '__otel_go_at attach' -l exclude -r -f -d 'never processes of executables whose path matches; repeatable'
complete -c otel-go -n '__otel_go_at attach' -l endpoint -r -f -d 'the collector, as OTEL_EXPORTER_OTLP_ENDPOINT'
complete -c otel-go -n '__otel_go_at attach' -l protocol -r -f -a 'grpc http/protobuf' -d 'how it is spoken to; the default is grpc for port 4317, else http/protobuf'
complete -c otel-go -n '__otel_go_at attach' -l exporter -r -f -a 'otlp console local none' -d 'otlp (the default with an endpoint), console, local (the page) or none'
complete -c otel-go -n '__otel_go_at attach' -l listen -r -f -d 'where the page of local mode listens; the default is 127.0.0.1:11000'
complete -c otel-go -n '__otel_go_at attach' -l duration -r -f -d 'end by itself after that, for example 30s'
complete -c otel-go -n '__otel_go_at attach' -l service-name -r -f -d 'service.name of every target, as OTEL_SERVICE_NAME'
complete -c otel-go -n '__otel_go_at attach' -l sampler -r -f -d 'which traces are kept, as OTEL_TRACES_SAMPLER, for example traceidratio=0.1'
complete -c otel-go -n '__otel_go_at attach' -l db-statement -r -f -a 'off redacted full' -d 'db.query.text: off (the default), with its literals replaced, or as it is'
complete -c otel-go -n '__otel_go_at attach' -l header -r -f -d 'keep this request header of HTTP servers as an attribute; repeatable'
complete -c otel-go -n '__otel_go_at attach' -l propagate -d 'send the context on to other services; the default'
complete -c otel-go -n '__otel_go_at attach' -l no-propagate -d 'do not'
complete -c otel-go -n '__otel_go_at attach' -s v -l verbose -d 'tell what is attached, and why what is not'
complete -c otel-go -n '__otel_go_at attach' -l color -r -f -a 'auto always never' -d 'colour the text: auto, always or never'
complete -c otel-go -n '__otel_go_at attach' -l progress -d 'show progress on stderr; the default is only on a terminal'
complete -c otel-go -n '__otel_go_at attach' -l no-progress -d 'do not'
complete -c otel-go -n '__otel_go_at attach' -s h -l help -d 'show help'
complete -c otel-go -n '__otel_go_at completion' -l color -r -f -a 'auto always never' -d 'colour the text: auto, always or never'
complete -c otel-go -n '__otel_go_at completion' -l progress -d 'show progress on stderr; the default is only on a terminal'
complete -c otel-go -n '__otel_go_at completion' -l no-progress -d 'do not'
complete -c otel-go -n '__otel_go_at completion' -s h -l help -d 'show help'
complete -c otel-go -n '__otel_go_at completion' -f -a 'bash zsh fish'
