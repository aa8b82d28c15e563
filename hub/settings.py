"""Every setting of a hub: a TOML file, then NCPHUB_… in the environment; config/hub.example.toml lists them all."""

import ipaddress
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from hub import paths
from hub.errors import CannotStart


def is_loopback_name(host: str) -> bool:
    """Names that a browser takes for this machine: it lets even a page over plain http use its cryptography."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def check_origin(origin: str) -> str:
    """An address as a browser sends it in `Origin`; plain http only where a browser allows cryptography with it."""
    parts = urlsplit(origin)
    if parts.scheme not in {"http", "https"} or not parts.hostname or origin != f"{parts.scheme}://{parts.netloc}":
        raise ValueError("an origin is https://name or https://name:port, without a path")
    if parts.scheme == "http" and not is_loopback_name(parts.hostname):
        raise ValueError("plain http works only for this machine (localhost): everywhere else use https")
    return origin


Origin = Annotated[str, AfterValidator(check_origin)]


class Limits(BaseModel):
    """What one client may ask for; a request beyond a limit is refused before anything else looks at it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    request_size: int = Field(64 * 1024, ge=4096, description="Bytes of an ordinary request.")
    entry_size: int = Field(4 * 1024 * 1024, ge=65536, description="Bytes of an operation's entry with its wraps.")
    requests_per_minute: int = Field(1200, ge=1, description="Requests of one session in a minute.")
    open_requests_per_minute: int = Field(
        300, ge=1, description="Requests of one address without a session in a minute."
    )
    sign_ins_per_minute: int = Field(10, ge=1, description="Wrong sign-ins in a minute, for one account or address.")
    sockets_per_account: int = Field(20, ge=1, description="Live connections of one account at the same time.")
    sockets: int = Field(2000, ge=1, description="Live connections of all accounts at the same time.")


class Settings(BaseSettings):
    """Read once at the start, never changed; whoever needs one is given it."""

    model_config = SettingsConfigDict(
        env_prefix="NCPHUB_", env_nested_delimiter="__", frozen=True, extra="forbid", env_ignore_empty=True
    )

    host: str = Field("127.0.0.1", description="Address that the hub listens on.")
    port: int = Field(8440, ge=0, le=65535, description="Port that the hub listens on; 0 takes a free one.")
    origins: tuple[Origin, ...] = Field(
        ("http://localhost:8440",),
        min_length=1,
        description="Addresses under which people open the hub, the main first.",
    )
    local_names: bool = Field(
        False,
        description="Also answer as any name.localhost on loopback: a browser origin for each person.",
    )
    proxies: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...] = Field(
        (), description="Networks of reverse proxies whose X-Forwarded-For is believed."
    )
    state_dir: Path = Field(
        default_factory=paths.default_state_dir,
        description="Folder of the log key, the session secret and the embedded database; belongs in the backup.",
    )
    dsn: SecretStr | None = Field(
        None, description="Address of a PostgreSQL server; without one the hub runs the database that it brings along."
    )
    migration_dsn: SecretStr | None = Field(
        None, description="The same database past a connection pooler, for migrations; without one `dsn` is used."
    )
    pool_size: int = Field(10, ge=2, le=200, description="Connections to the database that one hub process holds.")
    run_as: str | None = Field(
        None,
        description="Existing account for the embedded database when root starts the hub; else ncphub or nobody.",
    )
    session_hours: int = Field(12, ge=1, le=168, description="Hours until a person has to sign in again.")
    token_minutes: int = Field(15, ge=1, le=60, description="Minutes until a session's token has to be renewed.")
    heads_minutes: int = Field(
        60, ge=1, le=90, description="Minutes until the log says anew where every chain ends; clients warn after 120."
    )
    live_days: int = Field(
        30,
        ge=1,
        le=365,
        description="Days after a sign-in for which a contact point counts as live.",
    )
    dormant_days: int = Field(45, ge=1, le=730, description="Days without a sign-in until people are reminded of it.")
    blocked_days: int = Field(
        90,
        ge=2,
        le=1095,
        description="Days without a sign-in until the account is blocked until restored.",
    )
    backup_days: int = Field(
        35, ge=0, le=3650, description="Days until the last backup that holds a destroyed operation lapses."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="The least important line that is logged."
    )
    log_format: Literal["text", "json"] = Field("text", description="Lines for a person, or JSON for a collector.")
    limits: Limits = Field(default_factory=Limits, description="What one client may ask for.")

    @model_validator(mode="after")
    def local_names_stay_on_this_machine(self) -> Self:
        if self.local_names and not is_loopback_name(self.host):
            raise ValueError("local_names needs a host on loopback: 127.0.0.1 or ::1")
        return self

    @model_validator(mode="after")
    def nobody_is_blocked_before_they_are_reminded(self) -> Self:
        if not self.dormant_days < self.blocked_days:
            raise ValueError("blocked_days must be greater than dormant_days")
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment wins over the file, whose values `read_settings` passes in."""
        return env_settings, init_settings


def read_settings(file: Path | None = None) -> Settings:
    """
    The settings of `file`, or of /etc/ncphub/hub.toml where there is one, with the environment on top.

    Raises CannotStart with a sentence for each wrong setting; they never repeat a value, because some are secret.
    """
    found = file or (paths.SYSTEM_SETTINGS if paths.SYSTEM_SETTINGS.is_file() else None)
    try:
        written: dict[str, Any] = tomllib.loads(found.read_text("utf-8")) if found else {}
        return Settings(**written)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise CannotStart(f"The settings in {found} cannot be read: {error}.") from error
    except ValidationError as error:
        wrong = [f"{'.'.join(map(str, fault['loc'])) or 'settings'}: {fault['msg']}" for fault in error.errors()]
        raise CannotStart("These settings are wrong, nothing was started. " + "; ".join(wrong)) from None
