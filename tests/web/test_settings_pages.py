"""Settings: sync service, general, schools, events."""


def test_sync_service_lists_the_connections_of_the_site(district):
    page = district.client("full").get("/settings/sync-service/")
    assert (page.status_code, page.context["rows"]) == (
        200,
        [{"name": "CSV", "system": "CSV files", "schools": 0, "schedule": "Off."}],
    )
