/// The part of a signature that goes into a message: everything except how to decode the result.
struct UnsentCall: Sendable {
    let task: TaskName
    let arguments: EncodedArguments
    let terms: CallTerms
    var links = CallLinks()
    var mapping: CallMapping?
    var stamps: [CallStamps] = []

    var options: CallOptions { terms.options }

    /// The task whose name decides the route: the mapped task for a map.
    var routedTask: TaskName { mapping?.task ?? task }
}

extension Signature {
    var call: UnsentCall {
        UnsentCall(
            task: task, arguments: arguments, terms: CallTerms(options, over: taskOptions), links: links,
            mapping: mapping, stamps: stamps)
    }
}
