@testable import CeleriacExpansion
import Testing

/// A declaration that cannot be a task.
struct Wrong: Sendable, CustomTestStringConvertible {
    let complaint: TaskComplaint
    /// `•` stands where the complaint points.
    let source: String
    var fix: TaskFixIt?
    var fixed: String?
    /// The type that becomes a task container all the same.
    var conforming: String?

    var testDescription: String { "\(complaint): \(source)" }

    init(
        _ complaint: TaskComplaint, _ source: String, fix: TaskFixIt? = nil, fixed: String? = nil,
        conforming: String? = nil
    ) {
        self.complaint = complaint
        self.source = source
        self.fix = fix
        self.fixed = fixed
        self.conforming = conforming
    }

    static let all = places + containers + parameters + results + attributes + remote

    static let places = [
        Wrong(.notAFunction, "•@Task struct Mail {}"),
        Wrong(.notAFunction, "•@Task var mail: Int { 1 }"),
        Wrong(.protocolRequirement, "protocol P {\n    @Task static func •f()\n}"),
        Wrong(.localFunction, "func outer() {\n    @Task func •f() {}\n}"),
        Wrong(.localFunction, "var outer: Int {\n    @Task func •f() {}\n    return 1\n}"),
        Wrong(.localFunction, "struct S {\n    init() {\n        @Task func •f() {}\n    }\n}"),
        Wrong(
            .instanceMethod, "struct S {\n    @Task func •f() {}\n}", fix: .makeStatic,
            fixed: "struct S {\n    @Task static func f() {}\n}"),
        Wrong(
            .instanceMethod, "actor A {\n    @Task\n    public func •f() async {}\n}", fix: .makeStatic,
            fixed: "actor A {\n    @Task\n    public static func f() async {}\n}"),
        Wrong(
            .instanceMethod, "class C {\n    @Task\n    // Why.\n    mutating func •f() {}\n}", fix: .makeStatic,
            fixed: "class C {\n    @Task\n    // Why.\n    static func f() {}\n}"),
        Wrong(
            .instanceMethod, "@TaskContainer struct S {\n    enum E {\n        @Task func •f() {}\n    }\n}",
            fix: .makeStatic,
            fixed: "@TaskContainer struct S {\n    enum E {\n        @Task static func f() {}\n    }\n}",
            conforming: "S"),
        Wrong(.genericType, "struct S<T> {\n    @Task static func •f() {}\n}"),
        Wrong(.genericType, "enum Outer<T> {\n    struct Inner {\n        @Task static func •f() {}\n    }\n}"),
        Wrong(.genericType, "extension Array<Int> {\n    @Task static func •f() {}\n}"),
        Wrong(.genericType, "extension Array where Element == Int {\n    @Task static func •f() {}\n}"),
        Wrong(.operatorFunction, "struct S {\n    @Task static func •+ (x: Int, y: Int) -> Int { x }\n}"),
        Wrong(.rawName, "@Task func •`send the mail`() {}"),
    ]

    static let containers = [
        Wrong(
            .mutatingMethod, "extension S {\n    @Task •mutating func f() {}\n}", fix: .removeMutating,
            fixed: "extension S {\n    @Task func f() {}\n}"),
        Wrong(
            .mutatingMethod, "@TaskContainer struct S {\n    @Task\n    public •mutating func f() {}\n}",
            fix: .removeMutating, fixed: "@TaskContainer struct S {\n    @Task\n    public func f() {}\n}",
            conforming: "S"),
        Wrong(.notAContainer, "@TaskContainer enum •E {}", conforming: "E"),
        Wrong(.notAContainer, "@TaskContainer protocol •P {}", conforming: "P"),
        Wrong(
            .openContainer, "@TaskContainer class •C {}", fix: .makeFinal, fixed: "@TaskContainer final class C {}",
            conforming: "C"),
        Wrong(
            .openContainer, "@TaskContainer\nopen class •C {}", fix: .makeFinal,
            fixed: "@TaskContainer\npublic final class C {}", conforming: "C"),
        Wrong(.genericType, "@TaskContainer struct •S<T> {}", conforming: "S"),
        Wrong(.localFunction, "func outer() {\n    struct S {\n        @Task func •f() {}\n    }\n}"),
        Wrong(
            .inoutParameter, "@TaskContainer struct S {\n    @Task func f(x: •inout Int) {}\n}", fix: .removeInout,
            fixed: "@TaskContainer struct S {\n    @Task func f(x: Int) {}\n}", conforming: "S"),
    ]

    static let parameters = [
        Wrong(.inoutParameter, "@Task func f(x: •inout Int) {}", fix: .removeInout, fixed: "@Task func f(x: Int) {}"),
        Wrong(.variadic, "@Task func f(_ x: Int•...) {}", fix: .takeArray, fixed: "@Task func f(_ x: [Int]) {}"),
        Wrong(.closureParameter, "@Task func f(x: •() -> Void) {}"),
        Wrong(.closureParameter, "@Task func f(x: @escaping @Sendable •(Int) async throws -> Int) {}"),
        Wrong(.closureParameter, "@Task func f(x: (•() -> Void)?) {}"),
        Wrong(.closureParameter, "@Task func f(x: @autoclosure •() -> Int) {}"),
        Wrong(.closureParameter, "@Task func f(x: [String: •() -> Void]) {}"),
        Wrong(.tupleParameter, "@Task func f(x: •(Int, Int)) {}"),
        Wrong(.tupleParameter, "@Task func f(x: [•(a: Int, b: Int)]) {}"),
        Wrong(.opaqueParameter, "@Task func f(x: •some Codable) {}"),
        Wrong(.opaqueParameter, "@Task func f(x: [•some Codable]) {}"),
        Wrong(.isolatedParameter, "@Task func f(x: •isolated (any Actor)?) {}"),
        Wrong(
            .unnamedParameter, "@Task func f(•_: Int) {}", fix: .nameParameter, fixed: "@Task func f(_ value: Int) {}"),
        Wrong(
            .unnamedParameter, "@Task func f(•to _: Int) {}", fix: .nameParameter, fixed: "@Task func f(to: Int) {}"),
        Wrong(.lateContext, "@Task func f(x: Int, •context: TaskContext) {}"),
        Wrong(
            .optionalContext, "@Task func f(context: •TaskContext?) {}", fix: .removeOptional,
            fixed: "@Task func f(context: TaskContext) {}"),
        Wrong(.shadowedOutput, "@Task func f(x: •Output) {}"),
    ]

    static let results = [
        Wrong(.generic, "@Task func f•<T: Codable>(x: T) {}"),
        Wrong(.opaqueResult, "@Task func f() -> •some Codable { 1 }"),
        Wrong(.closureResult, "@Task func f() -> •() -> Int { { 1 } }"),
        Wrong(.tupleResult, "@Task func f() -> •(Int, Int) { (1, 2) }"),
        Wrong(.shadowedOutput, "@Task func f() -> [•Output] { [] }"),
        Wrong(
            .rethrowing, "@Task func f() •rethrows {}", fix: .useThrows, fixed: "@Task func f() throws {}"),
    ]

    static let attributes = [
        Wrong(.nameNotLiteral, #"@Task(name: •"mail.\(x)") func f() {}"#),
        Wrong(.nameNotLiteral, "@Task(name: •mailName) func f() {}"),
        Wrong(.emptyName, #"@Task(name: •"") func f() {}"#),
        Wrong(.longName, #"@Task(name: •"\#(String(repeating: "x", count: 201))") func f() {}"#),
        Wrong(.longName, "@Task func •\(String(repeating: "x", count: 200))() {}"),
        Wrong(.controlCharacter, #"@Task(name: •"a\nb") func f() {}"#),
        Wrong(.controlCharacter, #"@Task(name: •"a\u{0}b") func f() {}"#),
        Wrong(.badQueueName, #"@Task(queue: •"my\nmail") func f() {}"#),
        Wrong(.badQueueName, #"@Task(queue: •"unacked") func f() {}"#),
        Wrong(.badQueueName, #"@Task(queue: •"celeriac.leases:celery") func f() {}"#),
        Wrong(.badQueueName, #"@Task(queue: •"") func f() {}"#),
        Wrong(.badRateLimit, #"@Task(rateLimit: •"10/d") func f() {}"#),
        Wrong(.badRateLimit, #"@Task(rateLimit: •"0/s") func f() {}"#),
        Wrong(.blockedMain, "@Task(execution: •.blocking) @MainActor func f() {}"),
        Wrong(.blockedMain, "@Task(execution: •TaskOptions.Execution.blocking) @MainActor func f() async {}"),
    ]
}

extension Wrong {
    static let remote = [
        Wrong(
            .remoteBody, #"@RemoteTask("t") func f(x: Int) async throws -> Int •{ x }"#, fix: .removeBody,
            fixed: #"@RemoteTask("t") func f(x: Int) async throws -> Int"#),
        Wrong(
            .remoteBody, "enum E {\n    @RemoteTask(\"t\") static func f() async throws •{\n    }\n}", fix: .removeBody,
            fixed: "enum E {\n    @RemoteTask(\"t\") static func f() async throws\n}"),
        Wrong(
            .remoteEffects, #"@RemoteTask("t") func •f(_ x: Int) -> Int"#, fix: .useAsyncThrows,
            fixed: #"@RemoteTask("t") func f(_ x: Int) async throws -> Int"#),
        Wrong(
            .remoteEffects, #"@RemoteTask("t") func •f() async -> Int"#, fix: .useAsyncThrows,
            fixed: #"@RemoteTask("t") func f() async throws -> Int"#),
        Wrong(
            .remoteEffects, #"@RemoteTask("t") func •f() throws"#, fix: .useAsyncThrows,
            fixed: #"@RemoteTask("t") func f() async throws"#),
        Wrong(
            .remoteEffects, "enum E {\n    @RemoteTask(\"t\") static func •f()\n    static let x = 1\n}",
            fix: .useAsyncThrows,
            fixed: "enum E {\n    @RemoteTask(\"t\") static func f() async throws\n    static let x = 1\n}"),
        Wrong(
            .remoteTypedThrows, #"@RemoteTask("t") func f() async throws(•Never) -> Int"#, fix: .useThrows,
            fixed: #"@RemoteTask("t") func f() async throws -> Int"#),
        Wrong(
            .remoteContext, #"@RemoteTask("t") func f(•_ context: TaskContext, x: Int) async throws"#,
            fix: .removeContext, fixed: #"@RemoteTask("t") func f(x: Int) async throws"#),
        Wrong(
            .remoteContext, #"@RemoteTask("t") func f(x: Int, •in context: Celeriac.TaskContext?) async throws"#,
            fix: .removeContext, fixed: #"@RemoteTask("t") func f(x: Int) async throws"#),
        Wrong(.remoteIgnoredResult, #"@RemoteTask("t", ignoreResult: true) func f() async throws -> •Int"#),
        Wrong(.ignoreNotLiteral, #"@RemoteTask("t", ignoreResult: •quietly) func f() async throws"#),
        Wrong(
            .remoteMethod, "struct S {\n    @RemoteTask(\"t\") func •f() async throws\n}", fix: .makeStatic,
            fixed: "struct S {\n    @RemoteTask(\"t\") static func f() async throws\n}"),
        Wrong(
            .remoteMethod, "extension S {\n    @RemoteTask(\"t\") func •f() async throws\n}", fix: .makeStatic,
            fixed: "extension S {\n    @RemoteTask(\"t\") static func f() async throws\n}"),
        Wrong(.protocolRequirement, "protocol P {\n    @RemoteTask(\"t\") static func •f() async throws\n}"),
        Wrong(.notAFunction, #"•@RemoteTask("t") struct Mail {}"#),
        Wrong(.generic, #"@RemoteTask("t") func f•<T: Codable>(x: T) async throws"#),
        Wrong(.tupleResult, #"@RemoteTask("t") func f() async throws -> •(Int, Int)"#),
        Wrong(.emptyName, #"@RemoteTask(•"") func f() async throws"#),
        Wrong(.nameNotLiteral, "@RemoteTask(•mailName) func f() async throws"),
        Wrong(.badQueueName, #"@RemoteTask("t", queue: •"a.reply.celery.pidbox") func f() async throws"#),
    ]
}

@Suite("@Task and @RemoteTask on what cannot be a task")
struct DiagnosticTests {
    @Test("says why, at the place, and offers the way out there is", arguments: Wrong.all)
    func complains(wrong: Wrong) {
        expectComplaint(
            wrong.complaint, in: wrong.source, fix: wrong.fix, fixed: wrong.fixed,
            conforming: wrong.conforming)
    }

    @Test("has a case in these tests for everything it can say")
    func isComplete() {
        #expect(Set(Wrong.all.map(\.complaint)) == Set(TaskComplaint.allCases))
    }

    @Test("never offers a way out that leads to the next complaint", arguments: Wrong.all.compactMap(\.fixed))
    func fixesHold(source: String) {
        let (text, complaints) = expansionAndComplaints(of: source)
        #expect(complaints == 0)
        #expect(text.contains(/Celeriac::(TaskDefinition|CallableTask|TaskContainer)/))
    }
}
