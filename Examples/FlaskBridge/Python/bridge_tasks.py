# Written by: flaskbridge stubs --python --celery-app celery_app:celery --out Examples/FlaskBridge/Python/bridge_tasks.py
# Do not edit: change the Swift tasks, and write it again.
"""Tasks of the Swift program flaskbridge, to be called from Python with stock Celery."""

from __future__ import annotations

import datetime
import decimal
import uuid
from collections.abc import Mapping, Sequence
from typing import Any, Generic, NoReturn, Protocol, TypeVar, cast

from celery_app import celery as _app
from celery.canvas import Signature  # type: ignore[import-untyped,unused-ignore]


_T = TypeVar("_T", covariant=True)
_DEFAULT: Any = object()  # Left out of the call, so that Swift's own default holds.


class _Result(Protocol[_T]):
    """Celery's AsyncResult, with the type of its value."""

    @property
    def id(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def info(self) -> Any: ...
    def get(self, timeout: float | None = None, propagate: bool = True, **options: Any) -> _T: ...
    def ready(self) -> bool: ...
    def successful(self) -> bool: ...
    def failed(self) -> bool: ...
    def forget(self) -> None: ...
    def revoke(self, **options: Any) -> None: ...
    def __getattr__(self, name: str) -> Any: ...


class _Task(Generic[_T]):
    name: str
    options: dict[str, Any] = {}

    def s(self, *args: Any, **kwargs: Any) -> Signature:
        """A call not made yet. Arguments are checked here, as Python checks those of a function."""
        return self._call(args, kwargs)

    def apply_async(
        self, args: Sequence[Any] = (), kwargs: Mapping[str, Any] | None = None, **options: Any
    ) -> _Result[_T]:
        """Sends a call with Celery's options: countdown, eta, expires, queue, task_id, headers, ..."""
        return self._sent(self.s(*args, **(kwargs or {})), **options)

    def __call__(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise NotImplementedError(f"{self.name} runs in Swift: send it, with .delay(...)")

    def __repr__(self) -> str:
        return f"<{self.name}, in Swift>"

    def _call(self, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Signature:
        return _app.signature(self.name, args=tuple(args), kwargs=dict(kwargs), options=dict(self.options))

    def _sent(self, call: Signature, **options: Any) -> _Result[_T]:
        return cast("_Result[_T]", call.apply_async(**options))


def _given(values: dict[str, Any], positional: int) -> tuple[list[Any], dict[str, Any]]:
    """The values that were given: the first ones by position, as Swift's own calls send them, the others by name."""
    args: list[Any] = []
    kwargs: dict[str, Any] = {}
    for place, (name, value) in enumerate(values.items()):
        if value is _DEFAULT:
            continue
        if place < positional and place == len(args):
            args.append(value)
        else:
            kwargs[name] = value
    return args, kwargs


class _reports__make(_Task[Any]):
    """reports.make(title: String, pages: Int = …), in Swift."""

    name = "reports.make"
    options = {"queue": "swift"}

    def s(self, title: str, pages: int = _DEFAULT) -> Signature:
        return self._call(*_given({"title": title, "pages": pages}, 0))

    def delay(self, title: str, pages: int = _DEFAULT) -> _Result[Any]:
        return self._sent(self.s(title=title, pages=pages))


class reports:
    make = _reports__make()
