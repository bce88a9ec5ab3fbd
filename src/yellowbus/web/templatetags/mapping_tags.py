"""The rows of the Field Mapping tab and the list of source fields, as `mapping_markup` writes them."""

from django import template
from django.utils.safestring import SafeString

from yellowbus.web import mapping_markup
from yellowbus.web.mapping_rows import Row
from yellowbus.web.mapping_sight import Sight

register = template.Library()


@register.simple_tag
def mapping_row(row: Row, contacts: bool) -> SafeString:  # noqa: FBT001 (a template passes it so)
    return mapping_markup.row(row, contacts=contacts)


@register.simple_tag
def source_options(sight: Sight) -> SafeString:
    return mapping_markup.sources(sight.sources())
