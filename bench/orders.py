"""What a client process does: it says that it is ready, then posts what each line of input asks."""

import json
import sys
from collections.abc import Callable


def serve(post: Callable[[int, int], None]) -> None:
    """`post` books so many entries in one transaction, for one of so many campaigns."""
    print("ready", flush=True)
    for line in sys.stdin:
        order = json.loads(line)
        for _ in range(order["posts"] // order["batch"]):
            post(order["batch"], order["campaigns"])
        print("done", flush=True)
