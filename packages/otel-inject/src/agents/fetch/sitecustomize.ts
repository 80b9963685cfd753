// SPDX-License-Identifier: Apache-2.0
// The file by which the Python agent starts (docs.python.org/3/library/site.html). Ours differs
// from the one in opentelemetry-instrumentation in what a whole host needs: the application's own
// packages come before the agent's, another sitecustomize still runs, an old Python is left alone,
// and what goes wrong in the agent never stops or disturbs the program. It stands alone in the
// directory that PYTHONPATH names: `.pth` files of installed packages run before it, and what they
// import must not be the agent's (some even write into what they find, such as certifi's bundle).
import { PYTHON_MINIMUM } from '../pins/python.ts';

export const SITECUSTOMIZE: string = `# SPDX-License-Identifier: Apache-2.0
"""Starts OpenTelemetry's auto-instrumentation in a Python process; written by otel-inject."""
import os
import sys

_IS_SERVED = sys.version_info >= (${PYTHON_MINIMUM.join(', ')})
_HERE = os.path.dirname(os.path.abspath(__file__))
# Resolved: a process keeps the version it started with when a link above leads to another one.
_PACKAGES = os.path.join(os.path.realpath(_HERE), "site-packages")


def _is_here(entry):
    try:
        return os.path.realpath(entry) == os.path.realpath(_HERE)
    except (OSError, TypeError, ValueError):
        return False


def _set_path():
    """An application must find its own packages first, so the agent's come last."""
    sys.path[:] = [p for p in sys.path if not p or not _is_here(p)]
    if _IS_SERVED:
        sys.path.append(_PACKAGES)


def _run_other_sitecustomize():
    """This file hides another one further on; a distribution's or the application's own."""
    from importlib.machinery import PathFinder

    spec = PathFinder.find_spec("sitecustomize", sys.path)
    if spec is None or spec.loader is None:
        return
    from importlib.util import module_from_spec

    other = module_from_spec(spec)
    mine = sys.modules.get("sitecustomize")
    sys.modules["sitecustomize"] = other
    try:
        spec.loader.exec_module(other)
    except BaseException:
        sys.modules["sitecustomize"] = mine
        raise


def _start():
    import logging

    if not (os.environ.get("OTEL_LOG_LEVEL") or os.environ.get("OTEL_INJECTOR_LOG_LEVEL")):
        # Python prints warnings of loggers that nobody configured; applications still get them.
        logging.getLogger("opentelemetry").addHandler(logging.NullHandler())
    before = dict(os.environ)
    # The specification's default; the distribution of these packages would take gRPC.
    os.environ.setdefault("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf")
    try:
        from opentelemetry.instrumentation.auto_instrumentation import initialize

        initialize(swallow_exceptions=True)
    finally:
        # The defaults that were set for the agent are not the children's concern.
        for name in set(os.environ) - set(before):
            if name.startswith("OTEL_"):
                del os.environ[name]


def _start_safely():
    try:
        _start()
    except Exception:
        if os.environ.get("OTEL_INJECTOR_LOG_LEVEL"):
            import traceback

            traceback.print_exc()


_set_path()
try:
    _run_other_sitecustomize()
finally:
    if _IS_SERVED:
        _start_safely()
`;
