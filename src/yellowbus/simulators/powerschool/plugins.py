"""Installed plugins: upload, enable, credentials, rights and page sizes (powerschool dossier 3.3)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from threading import RLock
from uuid import UUID

from yellowbus.simulators.powerschool.columns import TABLES, Table
from yellowbus.simulators.powerschool.named_queries import NamedQuery, read_queries
from yellowbus.simulators.powerschool.options import Options
from yellowbus.simulators.powerschool.plugin_xml import Access, BadPluginError, Level, PluginFile, read_upload

RESOURCES = (
    "student",
    "school",
    "term",
    "course",
    "section",
    "section_enrollment",
    "staff",
    "schema_table_query",
)
FIRST_ID = 9001
Reads = Callable[[NamedQuery], set[tuple[Table, str]]]


@dataclass(slots=True, eq=False)
class Plugin:
    """One line of Plugin Management Configuration. `granted` is fixed at the moment of enabling."""

    id: int
    file: PluginFile
    enabled: bool = False
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    level: Level = Level.NONE
    granted: dict[tuple[str, str], Access] = field(default_factory=dict)
    queries: dict[str, NamedQuery] = field(default_factory=dict)
    page_sizes: dict[str, int] = field(default_factory=dict)

    def grants(self, table: str, column: str) -> bool:
        """FullAccess includes reading (3.3)."""
        return (table.lower(), column.lower()) in self.granted


class Plugins:
    """The plugins of one server. Raises BadPluginError where an upload or a step is refused."""

    def __init__(self, options: Options, seed: int, reads: Reads) -> None:
        self.options = options
        self._reads = reads
        self._chance = Random(f"plugins-{seed}")
        self._lock = RLock()
        self._installed: dict[int, Plugin] = {}
        self._next = FIRST_ID

    def all(self) -> list[Plugin]:
        with self._lock:
            return list(self._installed.values())

    def get(self, plugin_id: int) -> Plugin | None:
        return self._installed.get(plugin_id)

    def by_credentials(self, client_id: str, client_secret: str) -> Plugin | None:
        for plugin in self.all():
            if (
                plugin.enabled
                and plugin.file.oauth
                and (plugin.client_id, plugin.client_secret) == (client_id, client_secret)
            ):
                return plugin
        return None

    def install(self, content: bytes) -> Plugin:
        """Install, or update the plugin of the same name where the version is higher."""
        uploaded = read_upload(content, knows_v1_level=self.options.has_v1_level)
        _check_fields(uploaded)
        queries = read_queries(uploaded.query_files)
        for query in queries.values():
            self._reads(query)
        with self._lock:
            known = next(
                (plugin for plugin in self._installed.values() if plugin.file.name == uploaded.name), None
            )
            self._check_query_names(queries, known)
            if known is not None:
                _check_version(known.file, uploaded)
                known.file, known.queries = uploaded, queries
                return known
            plugin = Plugin(self._next, uploaded, queries=queries)
            plugin.page_sizes = dict.fromkeys(RESOURCES, self.options.page_size)
            self._installed[plugin.id] = plugin
            self._next += 1
            return plugin

    def enable(self, plugin: Plugin) -> None:
        """Grant what the file asks for, as a whole. The first time makes the credentials.

        Refused where a PowerQuery touches a table that is not exposed.
        """
        for query in plugin.queries.values():
            excluded = [table.name for table, _ in self._reads(query) if not table.exposed]
            if excluded:
                raise BadPluginError(
                    f"Query {query.name} touches the table {excluded[0]}, which is excluded."
                )
        with self._lock:
            plugin.enabled = True
            plugin.granted = {(f.table.lower(), f.field.lower()): f.access for f in plugin.file.fields}
            plugin.level = self._level(plugin.file)
            if plugin.file.oauth and not plugin.client_id:
                self.regenerate(plugin)

    def disable(self, plugin: Plugin) -> None:
        plugin.enabled = False

    def regenerate(self, plugin: Plugin) -> None:
        """New client id and secret; the old ones are worth nothing from then on."""
        plugin.client_id, plugin.client_secret = self.uuid(), self.uuid()

    def delete(self, plugin: Plugin) -> None:
        with self._lock:
            plugin.enabled = False
            self._installed.pop(plugin.id, None)

    def uuid(self) -> str:
        return str(UUID(int=self._chance.getrandbits(128), version=4))

    def _level(self, file: PluginFile) -> Level:
        # Before 25.2 every plugin with OAuth had all of v1 (1.1).
        if not self.options.has_v1_level:
            return Level.FULL if file.oauth else Level.NONE
        return file.level or Level.NONE

    def _check_query_names(self, queries: dict[str, NamedQuery], known: Plugin | None) -> None:
        taken = {
            name for plugin in self._installed.values() if plugin is not known for name in plugin.queries
        }
        if clash := sorted(taken & set(queries)):
            raise BadPluginError(f"Query {clash[0]} exists already on this server.")


def _check_fields(file: PluginFile) -> None:
    """One table or column that does not exist makes the whole upload fail (3.3)."""
    for asked in file.fields:
        table = TABLES.get(asked.table.lower())
        if table is None:
            raise BadPluginError(f"access_request names the table {asked.table}, which does not exist.")
        if table.column(asked.field) is None:
            raise BadPluginError(
                f"access_request names the field {asked.table}.{asked.field}, which does not exist."
            )


def _check_version(old: PluginFile, new: PluginFile) -> None:
    if _numbers(new.version) <= _numbers(old.version):
        raise BadPluginError(
            f"{new.name} is installed with version {old.version or 'none'}; upload a higher version."
        )


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) if part.isdigit() else 0 for part in version.split("."))
