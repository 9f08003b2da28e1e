"""Why objects failed is counted over all of them, not over the samples that a message can show."""

from __future__ import annotations

from refresh_watch_emulator.products.world import ObjectPlan
from tests.workflow.scenario import URL, add
from tests.workflow.virtual_house import virtual_house


def test_the_most_frequent_reason_stands_first_with_its_real_number() -> None:
    with virtual_house() as home:
        objects = [
            *(ObjectPlan(f"{URL}/timeout/{i}", "Failed", 0, "Origin Timeout") for i in range(30)),
            *(ObjectPlan(f"{URL}/internal/{i}", "Failed", 0, "InternalError") for i in range(70)),
        ]
        watch_id = home.start("vod", add(home, "vod", *objects))
        assert home.final(watch_id)["failed_by_reason"] == {"internal_error": 70, "origin_timeout": 30}
        text = home.chats()[0].body["markdown"]["text"]
        assert "): 70" in text
        assert "): 30" in text
        assert text.index("): 70") < text.index("): 30")


def test_the_caller_finds_the_id_that_it_gave() -> None:
    with virtual_house() as home:
        watch_id = home.start("cdn", add(home, "cdn", ObjectPlan(URL, after=0)), request_id="pipeline-8123")
        final = home.final(watch_id)
        assert final["request_id"] == "pipeline-8123"
        assert final["api_request_id"]
