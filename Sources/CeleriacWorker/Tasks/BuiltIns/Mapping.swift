import Logging

/// A call that runs a task once for each of its items, in order and in this process: Celery's `celery.map` and
/// `celery.starmap`.
///
/// One message, one attempt, one result: limits, cancellation, retries and middleware apply to the whole, and the task
/// runs in the context of the map. As in Celery, only the name of the mapped signature counts.
struct Mapping {
    private let task: AnyTask
    private let items: [ReceivedArguments]

    /// Reads `{"task": signature, "it": array}`. An item with too many arguments is found here, before any item runs.
    ///
    /// - Parameter isStarred: whether each item is the array of a call's positional arguments instead of its only
    ///   argument.
    /// - Throws: `TaskFailure` if there is no such task here; `CeleriacError` with code `invalidArguments`, which names
    ///   the task and the item that does not fit.
    init(_ arguments: ReceivedArguments, isStarred: Bool, in app: TaskApp) throws {
        let name = try Self.name(of: try arguments.range("task", at: 0), in: arguments.body)
        guard let task = app.registry[name] else {
            throw TaskFailure.notRegistered(name, known: app.registry.count)
        }
        self.task = task
        let ranges = try Self.elements(of: try arguments.range("it", at: 1), in: arguments.body, "\"it\"")
        items = try ranges.enumerated().map { index, range in
            let positional = isStarred ? try Self.elements(of: range, in: arguments.body, "item \(index)") : [range]
            var item = ReceivedArguments(body: arguments.body, positional: positional, keywords: [])
            item.replacesLoneSurrogates = arguments.replacesLoneSurrogates
            do { try task.parameters.map(item.check(against:)) } catch { throw Self.unfit(index, task, error) }
            return item
        }
    }

    /// - Returns: the results as a JSON array.
    /// - Throws: the error of the first item that fails. The items after it do not run.
    func run(in context: TaskContext) async throws -> [UInt8] {
        var writer = JSONWriter()
        writer.beginArray()
        for (index, item) in items.enumerated() {
            // An item that never suspends would never notice a cancellation.
            try Task.checkCancellation()
            do {
                writer.raw(try await task.run(item, context))
            } catch let error as CeleriacError where error.code == .invalidArguments {
                throw Self.unfit(index, task, error)
            } catch {
                log(error, index, context)
                throw error
            }
        }
        writer.endArray()
        return writer.bytes
    }

    // MARK: Detail

    /// The task name in a signature. A text alone is a name too, as in Celery.
    private static func name(of signature: Range<Int>, in body: [UInt8]) throws -> TaskName {
        do throws(JSONError) {
            var reader = try JSONReader(body, in: signature, limits: .checkedBefore)
            if reader.kind() == .string { return TaskName(try reader.string()) }
            try reader.beginObject()
            while let key = try reader.nextKey() {
                if key == "task" { return TaskName(try reader.string()) }
                try reader.skip()
            }
        } catch {
            throw CeleriacError(.invalidArguments, "\"task\" is not a signature", underlying: error)
        }
        throw CeleriacError(.invalidArguments, "\"task\" is a signature without a task")
    }

    private static func elements(of array: Range<Int>, in body: [UInt8], _ label: String) throws -> [Range<Int>] {
        var elements: [Range<Int>] = []
        do throws(JSONError) {
            var reader = try JSONReader(body, in: array, limits: .checkedBefore)
            try reader.beginArray()
            while try reader.nextElement() { elements.append(try reader.skip()) }
        } catch {
            throw CeleriacError(.invalidArguments, "\(label) is not an array", underlying: error)
        }
        return elements
    }

    private static func unfit(_ index: Int, _ task: AnyTask, _ error: any Error) -> CeleriacError {
        let words = (error as? CeleriacError)?.wholeMessage ?? "\(error)"
        return CeleriacError(.invalidArguments, "item \(index) does not match \"\(task.name)\": \(words)")
    }

    private func log(_ error: any Error, _ index: Int, _ context: TaskContext) {
        guard !(error is TaskDirective), !(error is CancellationError) else { return }
        context.logger.warning(
            "an item of a map failed, so the map fails", metadata: ["item": "\(index)", "mapped": "\(task.name)"])
    }
}
