"""The messages of the graphql-transport-ws protocol, and the codes with which it closes a socket."""

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import orjson

from app.graphql.errors import RequestError
from app.graphql.parameters import Parameters, read_parameters

SUBPROTOCOL = "graphql-transport-ws"

GOING_AWAY = 1001
TOO_LONG = 1009
MALFORMED = 4400
UNAUTHORIZED = 4401
SUBPROTOCOL_NOT_ACCEPTABLE = 4406
INIT_TIMEOUT = 4408
DUPLICATE_ID = 4409
TOO_MANY_INITS = 4429
INTERNAL = 4500
PING_TIMEOUT = 4504

# RFC 6455: a control frame carries 125 bytes, two of which are the code.
_LONGEST_REASON = 123
# It is repeated in every answer.
_LONGEST_ID = 1_000


class Close(Exception):  # noqa: N818 (one way for a socket to end)
    """The socket is to be closed with this code; the reason is cut to what a frame can carry."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason.encode()[:_LONGEST_REASON].decode(errors="ignore")


@dataclass(frozen=True, slots=True)
class Signal:
    """A message without an operation."""

    type: Literal["connection_init", "ping", "pong"]


@dataclass(frozen=True, slots=True)
class Subscribe:
    """Start an operation under this id."""

    id: str
    parameters: Parameters


@dataclass(frozen=True, slots=True)
class Complete:
    """The client wants no more of the operation with this id."""

    id: str


Frame: TypeAlias = Signal | Subscribe | Complete


def read_frame(message: dict[str, Any], longest: int) -> Frame:
    """What a `websocket.receive` says. Raises Close for everything that the protocol does not know."""
    text = message.get("text")
    if text is None:
        raise Close(MALFORMED, "Messages must be text")
    if len(text) > longest or len(text.encode(errors="surrogatepass")) > longest:
        raise Close(TOO_LONG, f"Messages may have {longest} bytes")
    try:
        frame = orjson.loads(text)
    except (orjson.JSONDecodeError, UnicodeEncodeError):
        raise Close(MALFORMED, "Messages must be JSON") from None
    if not isinstance(frame, dict):
        raise Close(MALFORMED, "Messages must be JSON objects")
    type_, payload = frame.get("type"), frame.get("payload")
    if type_ in ("connection_init", "ping", "pong"):
        if payload is not None and not isinstance(payload, dict):
            raise Close(MALFORMED, f"The payload of '{type_}' must be an object or null")
        return Signal(type_)
    if type_ not in ("subscribe", "complete"):
        raise Close(MALFORMED, "Unknown message type")
    id_ = frame.get("id")
    if not isinstance(id_, str) or not id_:
        raise Close(MALFORMED, f"The id of '{type_}' must be a string that is not empty")
    if len(id_) > _LONGEST_ID:
        raise Close(MALFORMED, f"The id of '{type_}' may have {_LONGEST_ID} characters")
    return Complete(id_) if type_ == "complete" else Subscribe(id_, _parameters(payload))


def write_frame(type_: str, id_: str | None = None, payload: object = None) -> str:
    """A message to the client. Raises TypeError for a payload that is not JSON."""
    frame: dict[str, object] = {"type": type_}
    if id_ is not None:
        frame["id"] = id_
    if payload is not None:
        frame["payload"] = payload
    return orjson.dumps(frame, option=orjson.OPT_NON_STR_KEYS).decode()


def _parameters(payload: object) -> Parameters:
    try:
        return read_parameters(payload)
    except RequestError as error:
        raise Close(MALFORMED, str(error)) from None
