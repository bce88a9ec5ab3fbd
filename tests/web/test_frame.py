"""The frame: what every page has around it, and what a browser is allowed."""


def test_home_leads_to_the_first_page_one_may_open(district):
    response = district.client("full").get("/", follow=True)
    assert (response.status_code, response.redirect_chain) == (200, [("/students/", 302)])
