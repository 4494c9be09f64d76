package import CeleriacCore
import CeleriacWire

extension RQCall {
    /// Encodes a call of a function.
    ///
    /// - Throws: ``CeleriacError`` with code `invalidArguments` or `tooLarge`, or the error of an argument that could
    ///   not be encoded.
    package static func encode(
        _ task: TaskName, _ arguments: EncodedArguments, as serializer: RQSerializer,
        limits: MessageLimits = MessageLimits()
    ) throws -> [UInt8] {
        if let failure = arguments.failure { throw failure }
        let data =
            serializer == .json
            ? inJSON(task, arguments) : try pickled(task, arguments, limits: limits)
        guard data.count <= limits.bodyBytes else {
            throw CeleriacError(
                .tooLarge, "the call of \(task) would have \(data.count) bytes; at most \(limits.bodyBytes) are sent")
        }
        return data
    }

    private static func inJSON(_ task: TaskName, _ arguments: EncodedArguments) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginArray()
        writer.string(task.rawValue)
        writer.null()
        writer.raw(arguments.args)
        writer.raw(arguments.kwargs)
        writer.endArray()
        return PythonJSON.text(of: writer.bytes)
    }

    private static func pickled(
        _ task: TaskName, _ arguments: EncodedArguments, limits: MessageLimits
    ) throws -> [UInt8] {
        do throws(JSONError) {
            let args = try PickleValue(json: arguments.args, limits: limits.json)
            let kwargs = try PickleValue(json: arguments.kwargs, limits: limits.json)
            return Pickle.encode(.tuple([.string(task.rawValue), .none, .tuple(args.elements ?? []), kwargs]))
        } catch {
            throw CeleriacError(
                error.isLimit ? .tooLarge : .invalidArguments,
                "the arguments of \(task) cannot be sent: \(error.reason)", underlying: error)
        }
    }
}
