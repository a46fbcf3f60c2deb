"""A valid idempotency key serves once, so that each request is really made."""

import itertools

import schemathesis

NUMBERS = itertools.count()


@schemathesis.hook
def before_call(context, case, kwargs):
    key = (case.headers or {}).get("Idempotency-Key")
    if isinstance(key, str) and 0 < len(key) < 200 and all("!" <= character <= "~" for character in key):
        case.headers["Idempotency-Key"] = f"{key}{next(NUMBERS)}"
