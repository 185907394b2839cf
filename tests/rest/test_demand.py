"""Demand by REST: the contract's fields, honest dates, and clear refusals."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from core.rest import create_api
from core.store.database import Database
from tests.rest.conftest import settings_for
from tests.rest.test_access import assert_error

FORECAST = "/planograms/demand-forecast"


@pytest.fixture
def device(client: TestClient) -> int:
    return int(client.get("/devices").json()["items"][0]["id"])


def test_a_forecast_has_the_contracts_fields(client: TestClient, device: int) -> None:
    """Every product of the machine, day by day, with stock, and figures that add up."""
    got = client.post(FORECAST, json={"device_id": device, "forecast_days": 7}).json()
    assert got["success"]
    assert got["prediction_id"] > 0
    assert {"wape", "mase", "coverage"} <= got["accuracy"].keys()
    assert len(got["forecasts"]) == 12
    total = 0.0
    for item in got["forecasts"]:
        assert len(item["daily_forecasts"]) == 7
        assert 0 <= item["stockout_risk"] <= 1
        assert item["suggested_par_level"] >= 1
        assert item["recommended_stock"] >= 1
        assert item["days_of_supply"] >= 0
        for day in item["daily_forecasts"]:
            low, high = day["confidence_interval"]
            assert 0 <= low <= day["predicted_units"] <= high
            assert sum(day["factors"].values()) == pytest.approx(day["predicted_units"])
            total += day["predicted_units"]
    metrics = got["aggregate_metrics"]
    assert metrics["total_units"] == pytest.approx(total)
    assert metrics["revenue_forecast"] > 0
    assert set(metrics["high_risk_products"]) <= {p["product_id"] for p in got["forecasts"]}


def test_a_forecast_begins_after_the_last_day_of_the_data(client: TestClient, device: int) -> None:
    """The file's last sale is of 2024-04-14; today plays no part."""
    got = client.post(FORECAST, json={"device_id": device, "forecast_days": 3}).json()
    days = [d["date"] for d in got["forecasts"][0]["daily_forecasts"]]
    assert days == ["2024-04-15", "2024-04-16", "2024-04-17"]
    assert got["degraded"] is False
    assert "required_data" not in got


def test_a_forecast_from_an_earlier_day_knows_nothing_later(client: TestClient, device: int) -> None:
    """Ten days of sales are too few to be sure, and the answer says so."""
    body = {"device_id": device, "forecast_days": 5, "from": "2024-03-11"}
    got = client.post(FORECAST, json=body).json()
    assert got["from"] == "2024-03-11"
    assert got["degraded"]
    assert got["required_data"]["sales_days_present"] == 10
    later = client.post(FORECAST, json={"device_id": device, "forecast_days": 5}).json()
    assert got["confidence"] < later["confidence"]


def test_only_the_products_asked_for_are_forecast(client: TestClient, device: int) -> None:
    full = client.post(FORECAST, json={"device_id": device, "forecast_days": 7}).json()
    wanted = full["forecasts"][3]
    got = client.post(
        FORECAST, json={"device_id": device, "forecast_days": 7, "products": [wanted["product_id"]]}
    ).json()
    assert got["forecasts"] == [wanted]


def test_events_and_holidays_change_their_days_alone(client: TestClient, device: int) -> None:
    """A stated impact multiplies its day, is named as a factor, and is said to be an assumption."""
    plain = client.post(FORECAST, json={"device_id": device, "forecast_days": 4}).json()
    body = {
        "device_id": device, "forecast_days": 4,
        "external_data": {"events": [{"date": "2024-04-16", "name": "Fair", "impact": 2.0}],
                          "holidays": ["2024-04-18"],
                          "weather_forecast": [{"date": "2024-04-15", "temperature": 31, "usual": 21}]},
    }
    told = client.post(FORECAST, json=body).json()
    assert len(told["assumptions"]) == 3
    by_id = {p["product_id"]: p for p in told["forecasts"]}
    for before in plain["forecasts"]:
        after = by_id[before["product_id"]]
        was = [d["predicted_units"] for d in before["daily_forecasts"]]
        now = [d["predicted_units"] for d in after["daily_forecasts"]]
        assert now[1] == pytest.approx(2 * was[1])
        assert now[2] == pytest.approx(was[2])
        assert after["daily_forecasts"][1]["factors"]["event"] > 0
        if before["category"] == "Soda":
            assert now[0] > was[0]


@pytest.mark.parametrize(("change", "status"), [
    ({"device_id": 999}, 404),
    ({"products": [9999]}, 404),
    ({"products": []}, 400),
    ({"forecast_days": 0}, 400),
    ({"forecast_days": 93}, 400),
    ({"forecast_days": "many"}, 400),
    ({"from": "yesterday"}, 400),
    ({"from": "2024-02-01"}, 400),
    ({"from": "2031-01-01"}, 400),
    ({"external_data": {"moon": []}}, 400),
    ({"external_data": {"events": [{"name": "Fair"}]}}, 400),
    ({"external_data": {"events": [{"date": "2024-04-16", "impact": -1}]}}, 400),
    ({"external_data": {"weather_forecast": [{"date": "2024-04-16", "temperature": 400}]}}, 400),
    ({"external_data": {"weather_forecast": {"2024-04-16": "hot"}}}, 400),
])
def test_what_cannot_be_is_refused(client: TestClient, device: int, change: dict, status: int) -> None:
    assert_error(client.post(FORECAST, json={"device_id": device, "forecast_days": 7, **change}), status)


def test_forecasts_count_as_predictions(database: Database) -> None:
    """More than 20 a minute are too many where limits are on."""
    assert database.path is not None
    limited = TestClient(create_api(database, settings_for(database.path, rate_limits=True)))
    answers = [limited.post(FORECAST, json={"device_id": 999}).status_code for _ in range(21)]
    assert answers == [404] * 20 + [429]


def test_an_explanation_is_kept(client: TestClient, device: int) -> None:
    got = client.post(FORECAST, json={"device_id": device, "forecast_days": 7}).json()
    told = client.get(f"/predictions/{got['prediction_id']}/explanation").json()
    assert told["kind"] == "demand"
    assert set(told["result"]["factors"]) >= {"base", "weekday"}
