"""A proxy where there is no other: each connection goes to the next of several addresses. `turns.py PORT HOST:PORT...`."""

from __future__ import annotations

import asyncio
import itertools
import sys


async def pass_on(reader, writer):
    while part := await reader.read(65536):
        writer.write(part)
        await writer.drain()
    writer.close()


async def main(port, *addresses):
    turn = itertools.cycle(address.split(":") for address in addresses)

    async def connected(reader, writer):
        there = await asyncio.open_connection(*next(turn))
        await asyncio.gather(pass_on(reader, there[1]), pass_on(there[0], writer), return_exceptions=True)

    async with await asyncio.start_server(connected, "127.0.0.1", int(port)) as server:
        await server.serve_forever()


asyncio.run(main(*sys.argv[1:]))
