"""How forms are drawn, and the boxes that several pages use."""

from django.forms.renderers import TemplatesSetting


class Renderer(TemplatesSetting):
    """Every form of the product, those of the accounts too, is drawn by our own two templates."""

    form_template_name = "parts/form.html"
    field_template_name = "parts/field.html"
