import CeleriacClient
import ArgumentParser
import Celeriac
import CeleriacCore
import Foundation

/// `stubs`: writes the module that another language needs to call this program's tasks.
struct StubsCommand: AppCommand {
    static let configuration = CommandConfiguration(
        commandName: "stubs", abstract: "Write a typed Python module for this program's tasks.",
        discussion: """
            The module needs only stock Celery: each task has delay, apply_async and s, with its parameters and \
            their types. A dotted name is a path: tasks.add of the module shop_tasks is shop_tasks.tasks.add.

            The same tasks produce the same text, so the module can be kept under version control; --check \
            reports whether it is up to date.
            """
    )

    @Flag(help: "Write a Python module.")
    var python = false
    @Option(help: "The file to write (default: standard output).")
    var out: String?
    @Flag(help: "Write nothing; exit with 1 if the file of --out is out of date.")
    var check = false
    @Option(help: "The Celery app whose broker is used: package.module:attribute (default: Celery's current app).")
    var celeryApp: CeleryAppArgument?
    @Flag(help: "Print the tasks as one JSON document instead, for stubs in other languages.")
    var json = false

    func validate() throws {
        if python == json { throw ValidationError("give either --python or --json") }
        if check && out == nil { throw ValidationError("--check requires --out") }
    }

    func run(_ app: TaskApp, _ terminal: Terminal) async throws {
        let tasks = try app.taskDescriptions()
        let text = json ? JSONValue.array(tasks.map { .description(of: $0) }).text + "\n" : try module(tasks).text
        guard let out else { return terminal.write(text) }
        let isCurrent = (try? Data(contentsOf: URL(filePath: out))) == Data(text.utf8)
        if check, !isCurrent { throw CommandFailure(.failed, "\(out) does not match these tasks: write it again") }
        guard !isCurrent else { return }
        do { try Data(text.utf8).write(to: URL(filePath: out), options: .atomic) } catch {
            throw CommandFailure(.failed, "\(out) cannot be written: \(error.localizedDescription)")
        }
        terminal.note("\(tasks.count) task\(tasks.count == 1 ? "" : "s") written to \(out)".visible)
    }

    private func module(_ tasks: [TaskDescription]) throws -> PythonModule {
        let program = try CommandSession.required().name ?? "celeriac"
        let named = celeryApp.map { " --celery-app \($0.module):\($0.attribute)" } ?? ""
        return PythonModule(
            tasks: tasks, program: program,
            command: "\(program) stubs --python" + named + (out.map { " --out \($0)" } ?? ""), celeryApp: celeryApp
        )
    }
}

extension JSONValue {
    fileprivate static func description(of task: TaskDescription) -> JSONValue {
        [
            "name": .string(task.name.rawValue), "queue": .string(task.queue.rawValue), "result": .string(task.output),
            "ignore_result": .bool(task.options.ignoreResult),
            "parameters": task.parameters.map { .array($0.map { .description(of: $0) }) } ?? .null,
        ]
    }

    private static func description(of parameter: TaskParameter) -> JSONValue {
        [
            "name": .string(parameter.name), "label": parameter.label.map { .string($0) } ?? .null,
            "type": .string(parameter.type), "position": parameter.position.map { .integer(Int64($0)) } ?? .null,
            "has_default": .bool(parameter.hasDefault),
        ]
    }
}
