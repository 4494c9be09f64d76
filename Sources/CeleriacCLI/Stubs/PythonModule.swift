import CeleriacClient
import Celeriac

/// Generates the typed Python module through which stock Celery calls the tasks of a Swift program.
///
/// It consists of imports, helpers that all tasks share, a class for each task, and the tasks under their names.
struct PythonModule {
    let tasks: [TaskDescription]
    /// The name of the program that has the tasks.
    let program: String
    /// The command that generates this module.
    let command: String
    /// `package.module:attribute` of the Celery app; `nil` for the current app.
    let celeryApp: CeleryAppArgument?

    var text: String {
        let places = PythonPlaces(tasks)
        return ([header + "\n\n" + imports, Self.helpers] + places.classes + places.roots).joined(separator: "\n\n\n")
            + "\n"
    }

    private var header: String {
        let title = "Tasks of the Swift program \(program), to be called from Python with stock Celery."
        return """
            # Written by: \(command.replacing("\n", with: " "))
            # Do not edit: change the Swift tasks, and write it again.
            \(PythonLiteral(title).asDocumentation)
            """
    }

    private var imports: String {
        let app = celeryApp.map { "from \($0.module) import \($0.attribute) as _app" }
        return """
            from __future__ import annotations

            import datetime
            import decimal
            import uuid
            from collections.abc import Mapping, Sequence
            from typing import Any, Generic, NoReturn, Protocol, TypeVar, cast

            \(app ?? Self.currentApp)
            from celery.canvas import Signature  # type: ignore[import-untyped,unused-ignore]
            """
    }

    private static let currentApp = """
        # The current app. In a program whose threads serve, make yours the default one: app.set_default()
        from celery import current_app as _app  # type: ignore[import-untyped,unused-ignore]
        """

    /// The names that the module uses apart from those of tasks.
    static let names: Set<String> = [
        "datetime", "decimal", "uuid", "Mapping", "Sequence", "Any", "Generic", "NoReturn", "Protocol", "TypeVar",
        "cast",
        "Signature", "annotations", "_app", "_T", "_Result", "_Task", "_given", "_DEFAULT", "bool", "int", "float",
        "str",
        "bytes", "list", "dict", "tuple", "object", "enumerate", "len", "property", "NotImplementedError",
    ]

    private static let helpers = """
        _T = TypeVar("_T", covariant=True)
        _DEFAULT: Any = object()  # Left out of the call, so that Swift's own default holds.


        class _Result(Protocol[_T]):
            \"""Celery's AsyncResult, with the type of its value.\"""

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
                \"""A call not made yet. Arguments are checked here, as Python checks those of a function.\"""
                return self._call(args, kwargs)

            def apply_async(
                self, args: Sequence[Any] = (), kwargs: Mapping[str, Any] | None = None, **options: Any
            ) -> _Result[_T]:
                \"""Sends a call with Celery's options: countdown, eta, expires, queue, task_id, headers, ...\"""
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
            \"""The values that were given: the first ones by position, as Swift's own calls send them, the others by name.\"""
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
        """
}
