import SwiftDiagnostics
import SwiftSyntax

/// The problems that prevent a function or an attribute from becoming a task. Each text gives the reason.
enum TaskComplaint: String, DiagnosticMessage, CaseIterable {
    // The declaration and where it stands
    case notAFunction, protocolRequirement, localFunction, instanceMethod, mutatingMethod, genericType, operatorFunction
    case rawName
    // Its parameters
    case inoutParameter, variadic, closureParameter, tupleParameter, opaqueParameter, isolatedParameter
    case unnamedParameter, lateContext, optionalContext, shadowedOutput
    // Its result and effects
    case generic, opaqueResult, closureResult, tupleResult, rethrowing
    // What a remote task's function must or must not have
    case remoteBody, remoteContext, remoteEffects, remoteTypedThrows, remoteIgnoredResult, ignoreNotLiteral
    case remoteMethod
    // A task container
    case notAContainer, openContainer
    // The attribute
    case nameNotLiteral, emptyName, longName, controlCharacter, badQueueName, badRateLimit, blockedMain

    var severity: DiagnosticSeverity { .error }
    var diagnosticID: MessageID { MessageID(domain: "CeleriacMacros", id: rawValue) }

    var message: String {
        switch self {
        case .notAFunction: "a task must be a function: the macro turns it into a call that a worker can repeat"
        case .protocolRequirement:
            "a protocol's requirement cannot be a task: put the attribute on a function of a type, or of the file"
        case .localFunction:
            "a function inside another one cannot be a task: put it in the file, or make it static in a type"
        case .instanceMethod:
            "an instance method cannot be a task here: a worker in another process does not have the instance; mark the "
                + "type with @TaskContainer and give workers a value in AppOptions(containers:), or make the method static"
        case .mutatingMethod:
            "a mutating method cannot be a task: calls run at the same time, on one value; use an actor, or a lock"
        case .genericType: "a task cannot stand in a generic type: a worker would not know for which types to run it"
        case .operatorFunction: "an operator cannot be a task: give it a name that can be sent"
        case .rawName: "a task's function needs a plain name, since \"$name\" is made of it"
        case .inoutParameter: "an inout parameter cannot be a task's: the worker gets a copy; return the new value"
        case .variadic: "a variadic parameter cannot be a task's: take an array"
        case .closureParameter: "a closure cannot be sent to a worker: pass the data that it would work with"
        case .tupleParameter: "a tuple cannot be written as JSON: use a struct that is Codable, or one parameter each"
        case .opaqueParameter:
            "a \"some\" parameter makes the function generic: a worker cannot know the type; name a concrete type"
        case .isolatedParameter: "an isolated parameter cannot be sent to a worker"
        case .unnamedParameter: "a task's parameter needs a name: by it other programs pass the argument"
        case .lateContext: "the TaskContext must be the first parameter, so that arguments can be counted behind it"
        case .optionalContext: "the TaskContext always exists: declare the parameter without \"?\""
        case .shadowedOutput:
            "\"Output\" is the task's own result type in what is written beside it: write yours with its module or type"
        case .generic: "a generic function cannot be a task: a worker could not know for which types to run it"
        case .opaqueResult: "a task's result must be a concrete type: the caller decodes it in another process"
        case .closureResult: "a closure cannot be a task's result: it cannot be sent back"
        case .tupleResult: "a tuple cannot be written as JSON: return a struct that is Codable"
        case .rethrowing: "a task cannot be rethrowing: write \"throws\", since it takes no closure"
        case .remoteBody:
            "a remote task has no body: its code is in another program, and a call is sent there"
        case .remoteContext: "a remote task has no TaskContext: the worker that runs it is another program"
        case .remoteEffects: "a remote task is sent and awaited, and may fail on the way: write \"async throws\""
        case .remoteTypedThrows:
            "a remote task throws the failures of the worker and of the broker: write \"throws\" without a type"
        case .remoteIgnoredResult: "an ignored result cannot be returned: it is not stored"
        case .ignoreNotLiteral: "write true or false: it decides whether the function waits for a result"
        case .remoteMethod: "a remote task needs no instance: its code is in another program; make the function static"
        case .notAContainer:
            "a task container must be a struct, a final class or an actor: workers call its tasks on a value"
        case .openContainer: "a task container must be final: a worker finds its value by its type"
        case .nameNotLiteral: "a task's name must be one plain string literal: it is needed before the program runs"
        case .emptyName: "a task's name cannot be empty"
        case .longName: "a task's name can have at most 200 characters"
        case .controlCharacter: "a task's name must not contain control characters or line breaks"
        case .badQueueName:
            "this is not a queue name: use 1 to 255 bytes, no control characters, and no name of Celeriac's, kombu's or "
                + "Celery's own"
        case .badRateLimit: "this is not a rate limit: write \"10/s\", \"100/m\" or \"5/h\""
        case .blockedMain:
            "a function of the main actor runs on the main thread, whatever its task says: take @MainActor off, or blocking"
        }
    }

    func diagnostic(at node: some SyntaxProtocol, fixIts: [FixIt] = []) -> Diagnostic {
        Diagnostic(node: node, message: self, fixIts: fixIts)
    }
}

/// A fix for a ``TaskComplaint`` that the editor can apply.
enum TaskFixIt: String, FixItMessage {
    case makeStatic = "make it static"
    case removeMutating = "remove 'mutating'"
    case makeFinal = "make it final"
    case removeInout = "remove 'inout'"
    case takeArray = "take an array"
    case nameParameter = "name the parameter"
    case removeOptional = "remove the '?'"
    case useThrows = "write 'throws'"
    case useAsyncThrows = "write 'async throws'"
    case removeBody = "remove the body"
    case removeContext = "remove the parameter"

    var message: String { rawValue }
    var fixItID: MessageID { MessageID(domain: "CeleriacMacros", id: "\(self)") }

    func replacing(_ old: some SyntaxProtocol, with new: some SyntaxProtocol) -> [FixIt] {
        [FixIt(message: self, changes: [.replace(oldNode: Syntax(old), newNode: Syntax(new))])]
    }
}
