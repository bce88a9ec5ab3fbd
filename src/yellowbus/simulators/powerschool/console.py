"""The administrator's pages, so that a person can walk the way to a client id and secret (powerschool
dossier 3.3).
"""

from collections.abc import Callable, Sequence
from email.parser import BytesParser
from email.policy import HTTP
from functools import partial
from html import escape
from urllib.parse import parse_qs

from yellowbus.simulators.exchange import Reply, Request, as_html
from yellowbus.simulators.powerschool.plugin_xml import BadPluginError, Level
from yellowbus.simulators.powerschool.plugins import Plugin
from yellowbus.simulators.powerschool.state import State

ROOT = "/admin"
PLUGINS = "/admin/plugins"
STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem}"
    "table{border-collapse:collapse}td,th{border:1px solid #999;padding:.3rem .6rem;text-align:left}"
    ".note{background:#fff3cd;padding:.5rem 1rem}code{background:#eee;padding:.1rem .3rem}"
)
NOTE = "This is a simulator that belongs to Yellowbus. It is not PowerSchool; every child in it is invented."


def respond(sis: State, request: Request) -> Reply:
    """One page of the console; anything unknown leads back to its start."""
    parts = request.path.removeprefix(ROOT).strip("/").split("/")
    if request.method == "POST":
        return _post(sis, request, parts)
    if parts == ["settings"]:
        return _page("System Settings", f'<p><a href="{PLUGINS}">Plugin Management Configuration</a></p>')
    if parts == ["plugins"]:
        return _list(sis)
    if parts == ["plugins", "install"]:
        return _install_form()
    plugin = _find(sis, parts)
    if plugin is None:
        return _page("System", '<p><a href="/admin/settings">System Settings</a></p>')
    if parts[2:] == ["enable"]:
        return _enable_form(plugin)
    return _provider(plugin) if parts[2:] == ["provider"] else _detail(plugin)


def _post(sis: State, request: Request, parts: Sequence[str]) -> Reply:
    plugin = _find(sis, parts)
    try:
        _act(sis, request, parts, plugin)
    except (BadPluginError, ValueError) as problem:
        return _page(
            "Plugin", f'<p class="note">{escape(str(problem))}</p><p><a href="{PLUGINS}">Back</a></p>', 400
        )
    where = f"{PLUGINS}/{plugin.id}/provider" if plugin is not None and parts[2:] == ["provider"] else PLUGINS
    return Reply(303, headers=(("Location", where),))


def _act(sis: State, request: Request, parts: Sequence[str], plugin: Plugin | None) -> None:
    if list(parts) == ["plugins", "install"]:
        sis.plugins.install(_uploaded(request))
    elif plugin is not None:
        _step(sis, plugin, parts[2:], parse_qs(request.body.decode()))


def _step(sis: State, plugin: Plugin, step: Sequence[str], form: dict[str, list[str]]) -> None:
    steps: dict[str, Callable[[Plugin], None]] = {
        "enable": sis.plugins.enable,
        "disable": sis.plugins.disable,
        "regenerate": sis.plugins.regenerate,
        "delete": sis.plugins.delete,
        "provider": partial(_submit, form=form),
    }
    if len(step) != 1 or step[0] not in steps:
        raise ValueError("There is no such step.")
    steps[step[0]](plugin)


def _submit(plugin: Plugin, form: dict[str, list[str]]) -> None:
    """What the administrator set on Data Provider Configuration."""
    plugin.level = Level(form.get("level", [plugin.level.value])[0])
    plugin.page_sizes.update({name: max(1, int(form[name][0])) for name in plugin.page_sizes if name in form})


def _find(sis: State, parts: Sequence[str]) -> Plugin | None:
    if len(parts) < 2 or parts[0] != "plugins" or not parts[1].isdigit():
        return None
    return sis.plugins.get(int(parts[1]))


def _uploaded(request: Request) -> bytes:
    """The file of a multipart form, or the body itself."""
    kind = request.headers.get("content-type", "")
    if not kind.startswith("multipart/"):
        return request.body
    message = BytesParser(policy=HTTP).parsebytes(
        b"Content-Type: " + kind.encode() + b"\r\n\r\n" + request.body
    )
    for part in message.iter_parts():
        if part.get_filename():
            content = part.get_payload(decode=True)
            return content if isinstance(content, bytes) else b""
    raise BadPluginError("No file was chosen.")


# --- pages ---


def _page(title: str, body: str, status: int = 200) -> Reply:
    return as_html(
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<style>{STYLE}</style></head><body><p>{NOTE}</p><h1>{escape(title)}</h1>{body}</body></html>",
        status,
    )


def _button(plugin: Plugin, step: str, label: str) -> str:
    return f'<form method="post" action="{PLUGINS}/{plugin.id}/{step}"><button>{label}</button></form>'


def _list(sis: State) -> Reply:
    rows = "".join(
        f'<tr><td><a href="{PLUGINS}/{plugin.id}">{escape(plugin.file.name)}</a></td>'
        f"<td>{escape(plugin.file.version)}</td><td>{escape(plugin.file.publisher)}</td><td>{_switch(plugin)}</td></tr>"
        for plugin in sis.plugins.all()
    )
    table = f"<table><tr><th>Name</th><th>Version</th><th>Publisher</th><th>Enabled</th></tr>{rows}</table>"
    return _page("Plugin Management Configuration", f'<p><a href="{PLUGINS}/install">Install</a></p>{table}')


def _switch(plugin: Plugin) -> str:
    if plugin.enabled:
        return "Yes " + _button(plugin, "disable", "Disable")
    return f'No <a href="{PLUGINS}/{plugin.id}/enable">Enable</a>'


def _install_form() -> Reply:
    return _page(
        "Install Plugin",
        f'<form method="post" enctype="multipart/form-data" action="{PLUGINS}/install">'
        '<label>Plugin file (XML or ZIP) <input type="file" name="file"></label> '
        "<button>Install</button></form>",
    )


def _enable_form(plugin: Plugin) -> Reply:
    fields = "".join(
        f"<tr><td>{escape(f.table)}</td><td>{escape(f.field)}</td><td>{f.access.value}</td></tr>"
        for f in plugin.file.fields
    )
    table = (
        f"<table><tr><th>Table</th><th>Field</th><th>Access</th></tr>{fields}</table>"
        if fields
        else "<p>None.</p>"
    )
    body = f"<h2>Fields that this plugin asks for</h2>{table}{_button(plugin, 'enable', 'Enable')}"
    return _page(f"Enable {plugin.file.name}", f'{body}<p><a href="{PLUGINS}">Cancel</a></p>')


def _detail(plugin: Plugin) -> Reply:
    links = (
        f'<p><a href="{PLUGINS}/{plugin.id}/provider">Data Provider Configuration</a></p>'
        if plugin.enabled
        else ""
    )
    removal = _button(plugin, "delete", "Delete")
    return _page(plugin.file.name, f"<p>{escape(plugin.file.description)}</p>{links}{removal}")


def _provider(plugin: Plugin) -> Reply:
    options = "".join(
        f"<option{' selected' if level is plugin.level else ''}>{level.value}</option>" for level in Level
    )
    sizes = "".join(
        f'<p><label>{name} <input name="{name}" type="number" min="1" value="{size}"></label></p>'
        for name, size in plugin.page_sizes.items()
    )
    return _page(
        "Data Provider Configuration",
        f"<dl><dt>Client ID</dt><dd><code>{plugin.client_id}</code></dd>"
        f"<dt>Client Secret</dt><dd><code>{plugin.client_secret}</code></dd></dl>"
        f"{_button(plugin, 'regenerate', 'Regenerate Client ID and Secret')}"
        f'<form method="post" action="{PLUGINS}/{plugin.id}/provider">'
        f'<p><label>V1 API access level <select name="level">{options}</select></label></p>'
        f"<h2>Page sizes</h2>{sizes}<button>Submit</button></form>",
    )
