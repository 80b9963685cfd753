# SPDX-License-Identifier: Apache-2.0
"""Runs commands interleaved and reports what each cost: one JSON object a run on stdout.

Input on stdin: {"rounds": N, "commands": [{"name": ..., "argv": [...]}]}
CPU comes from wait4(2), to the microsecond, and includes every descendant that was waited for.
"""
import json
import os
import sys
import time


def run(argv):
    started = time.monotonic()
    pid = os.fork()
    if pid == 0:
        null = os.open(os.devnull, os.O_RDWR)
        for fd in (0, 1, 2):
            os.dup2(null, fd)
        try:
            os.execvp(argv[0], argv)
        except OSError:
            os._exit(127)
    _, status, usage = os.wait4(pid, 0)
    return {
        "cpuMs": (usage.ru_utime + usage.ru_stime) * 1000,
        "wallMs": (time.monotonic() - started) * 1000,
        "peakRssKiB": usage.ru_maxrss,
        "exitCode": os.waitstatus_to_exitcode(status),
    }


def main():
    job = json.load(sys.stdin)
    for round_number in range(job["rounds"]):
        for command in job["commands"]:
            result = run(command["argv"])
            result.update(name=command["name"], round=round_number)
            print(json.dumps(result), flush=True)


main()
