"""The public judge of GraphQL over HTTP."""

import asyncio
import json

from tests.transport.node import ROOT, installed, node
from tests.transport.serving import make_endpoint, serving

AUDITS = 61


async def test_every_audit_of_graphql_http_passes() -> None:
    home = await asyncio.to_thread(installed)
    # The audits ask for __type, which production does not answer.
    async with serving(make_endpoint(introspection=True)) as served:
        script = ROOT / "tests" / "transport" / "audits.mjs"
        process = await asyncio.create_subprocess_exec(
            *node(), str(script), str(home), f"{served.url}/graphql", stdout=asyncio.subprocess.PIPE
        )
        output, _ = await process.communicate()
    assert process.returncode == 0
    results = json.loads(output)
    assert len(results) == AUDITS
    assert [result for result in results if result["status"] != "ok"] == []
