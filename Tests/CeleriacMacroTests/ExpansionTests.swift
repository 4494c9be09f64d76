import CeleriacExpansion
import SwiftParser
import SwiftSyntax
import SwiftSyntaxMacroExpansion
import Testing

@Suite("What @Task writes")
struct ExpansionTests {
    @Test("a global function gets a definition, a value and a record")
    func global() {
        expectExpansion(
            of: """
                @Task(retry: .exponentialJitter(maxRetries: 5))
                func sendWelcomeEmail(to address: String, name: String = "friend") async throws -> String {
                    address
                }
                """,
            """
            func sendWelcomeEmail(to address: String, name: String = "friend") async throws -> String {
                address
            }

            nonisolated struct __task_sendWelcomeEmail: Celeriac::TaskDefinition, Celeriac::MappableTask {
                var name: Celeriac::TaskName {
                    "Demo.sendWelcomeEmail"
                }

                var options: Celeriac::TaskOptions {
                    Self.options
                }
                private static let options = Celeriac::TaskOptions(retry: .exponentialJitter(maxRetries: 5))

                var parameters: [Celeriac::TaskParameter]? {
                    Self.parameters
                }
                private static let parameters: [Celeriac::TaskParameter] = [
                    Celeriac::TaskParameter("address", label: "to", type: "String", position: nil, hasDefault: false),
                    Celeriac::TaskParameter("name", label: "name", type: "String", position: nil, hasDefault: true)
                ]

                func callAsFunction(to address: String, name: String = "friend") -> Celeriac::Signature<String> {
                    var arguments = Celeriac::EncodedArguments()
                    arguments.set("address", address)
                    arguments.set("name", name)
                    return Celeriac::Signature(self, arguments)
                }

                func then(name: String = "friend") -> Celeriac::Step<String, String> {
                    var arguments = Celeriac::EncodedArguments()
                    arguments.set("name", name)
                    return Celeriac::Step(self, arguments)
                }

                func encodeItem(_ item: (String, String)) -> Celeriac::EncodedArguments {
                    Celeriac::EncodedArguments(positional: item.0, item.1)
                }

                @discardableResult
                nonisolated(nonsending) func delay(to address: String, name: String = "friend") async throws -> Celeriac::AsyncResult<String> {
                    try await callAsFunction(to: address, name: name).delay()
                }

                @discardableResult
                nonisolated(nonsending) func applyAsync(to address: String, name: String = "friend", options: Celeriac::CallOptions) async throws -> Celeriac::AsyncResult<String> {
                    try await callAsFunction(to: address, name: name).applyAsync(options)
                }

                var declaredAt: Celeriac::SourcePlace? {
                    Celeriac::SourcePlace(file: "Demo/test.swift", line: 2)
                }

                nonisolated(nonsending) func run(
                    _ received: Celeriac::ReceivedArguments, in context: Celeriac::TaskContext
                ) async throws -> String {
                    try await Demo::sendWelcomeEmail(
                        to: received.value("address", label: "to", at: 0, as: String.self),
                        name: received.value("name", at: 1, as: String.self, default: "friend")
                    )
                }
            }

            nonisolated let $sendWelcomeEmail = __task_sendWelcomeEmail()

            #if objectFormat(MachO)
            @section("__DATA_CONST,__celeriac_task")
            #else
            @section("celeriac_tasks")
            #endif
            @used
            nonisolated private let __taskRecord_sendWelcomeEmail: (
                Swift::UInt32, Swift::UInt32, @convention(c) () -> Swift::UnsafeRawPointer?, Swift::UInt
            ) = (
                0x4345_4C54, 1,
                {
                    Celeriac::TaskDiscovery.box(__task_sendWelcomeEmail())
                },
                0
            )
            """
        )
    }

    @Test("a static function's peers stand in its type, with its access and availability")
    func inType() {
        expectExpansion(
            of: """
                public enum Sums {
                    @available(*, deprecated)
                    @Task(name: "sums.add")
                    public static func add(_ context: TaskContext, _ x: Int, _ y: Int = Self.two) -> Int { x + y }
                }
                """,
            """
            public enum Sums {
                @available(*, deprecated)
                public static func add(_ context: TaskContext, _ x: Int, _ y: Int = Self.two) -> Int { x + y }

                @available(*, deprecated)
                nonisolated public struct __task_add: Celeriac::TaskDefinition, Celeriac::MappableTask {
                    public var name: Celeriac::TaskName {
                        "sums.add"
                    }

                    public var parameters: [Celeriac::TaskParameter]? {
                        Self.parameters
                    }
                    private static let parameters: [Celeriac::TaskParameter] = [
                        Celeriac::TaskParameter("x", label: nil, type: "Int", position: 0, hasDefault: false),
                        Celeriac::TaskParameter("y", label: nil, type: "Int", position: 1, hasDefault: true)
                    ]

                    public func callAsFunction(_ x: Int, _ y: Int = Sums.two) -> Celeriac::Signature<Int> {
                        var arguments = Celeriac::EncodedArguments()
                        arguments.append(x)
                        arguments.append(y)
                        return Celeriac::Signature(self, arguments)
                    }

                    public func then(_ y: Int = Sums.two) -> Celeriac::Step<Int, Int> {
                        var arguments = Celeriac::EncodedArguments()
                        arguments.append(y)
                        return Celeriac::Step(self, arguments)
                    }

                    public func encodeItem(_ item: (Int, Int)) -> Celeriac::EncodedArguments {
                        Celeriac::EncodedArguments(positional: item.0, item.1)
                    }

                    @discardableResult
                    public nonisolated(nonsending) func delay(_ x: Int, _ y: Int = Sums.two) async throws -> Celeriac::AsyncResult<Int> {
                        try await callAsFunction(x, y).delay()
                    }

                    @discardableResult
                    public nonisolated(nonsending) func applyAsync(_ x: Int, _ y: Int = Sums.two, options: Celeriac::CallOptions) async throws -> Celeriac::AsyncResult<Int> {
                        try await callAsFunction(x, y).applyAsync(options)
                    }

                    public var declaredAt: Celeriac::SourcePlace? {
                        Celeriac::SourcePlace(file: "Demo/test.swift", line: 4)
                    }

                    public nonisolated(nonsending) func run(
                        _ received: Celeriac::ReceivedArguments, in context: Celeriac::TaskContext
                    ) async throws -> Int {
                        try await awaiting(Demo::Sums.add(
                            context,
                            received.value("x", at: 0, as: Int.self),
                            received.value("y", at: 1, as: Int.self, default: Sums.two)
                        ))
                    }
                }

                @available(*, deprecated)
                nonisolated public static let $add = __task_add()

                @available(*, deprecated)
                #if objectFormat(MachO)
                @section("__DATA_CONST,__celeriac_task")
                #else
                @section("celeriac_tasks")
                #endif
                @used
                nonisolated private static let __taskRecord_add: (
                    Swift::UInt32, Swift::UInt32, @convention(c) () -> Swift::UnsafeRawPointer?, Swift::UInt
                ) = (
                    0x4345_4C54, 1,
                    {
                        Celeriac::TaskDiscovery.box(__task_add())
                    },
                    0
                )
            }
            """
        )
    }

    @Test("a method of a container gets static peers, and runs on the value of the worker's app")
    func inContainer() {
        expectExpansion(
            of: """
                @available(macOS 99, *)
                @TaskContainer
                public struct Mails {
                    let sender: String
                    @Task
                    public func send(to address: String = Self.nobody) throws -> String { sender }
                }
                """,
            """
            @available(macOS 99, *)
            public struct Mails {
                let sender: String
                public func send(to address: String = Self.nobody) throws -> String { sender }

                nonisolated public struct __task_send: Celeriac::TaskDefinition, Celeriac::MappableTask {
                    public var name: Celeriac::TaskName {
                        "Demo.Mails.send"
                    }

                    public var parameters: [Celeriac::TaskParameter]? {
                        Self.parameters
                    }
                    private static let parameters: [Celeriac::TaskParameter] = [
                        Celeriac::TaskParameter("address", label: "to", type: "String", position: nil, hasDefault: true)
                    ]

                    public func callAsFunction(to address: String = Mails.nobody) -> Celeriac::Signature<String> {
                        var arguments = Celeriac::EncodedArguments()
                        arguments.set("address", address)
                        return Celeriac::Signature(self, arguments)
                    }

                    public func then() -> Celeriac::Step<String, String> {
                        Celeriac::Step(self, Celeriac::EncodedArguments())
                    }

                    public func encodeItem(_ item: (String)) -> Celeriac::EncodedArguments {
                        Celeriac::EncodedArguments(positional: item)
                    }

                    @discardableResult
                    public nonisolated(nonsending) func delay(to address: String = Mails.nobody) async throws -> Celeriac::AsyncResult<String> {
                        try await callAsFunction(to: address).delay()
                    }

                    @discardableResult
                    public nonisolated(nonsending) func applyAsync(to address: String = Mails.nobody, options: Celeriac::CallOptions) async throws -> Celeriac::AsyncResult<String> {
                        try await callAsFunction(to: address).applyAsync(options)
                    }

                    public var declaredAt: Celeriac::SourcePlace? {
                        Celeriac::SourcePlace(file: "Demo/test.swift", line: 6)
                    }

                    public var containerType: (any Celeriac::TaskContainer.Type)? {
                        Demo::Mails.self
                    }

                    public nonisolated(nonsending) func run(
                        _ received: Celeriac::ReceivedArguments, in context: Celeriac::TaskContext
                    ) async throws -> String {
                        try await awaiting(context.container(Demo::Mails.self).send(
                            to: received.value("address", label: "to", at: 0, as: String.self, default: Mails.nobody)
                        ))
                    }
                }

                nonisolated public static let $send = __task_send()

                #if objectFormat(MachO)
                @section("__DATA_CONST,__celeriac_task")
                #else
                @section("celeriac_tasks")
                #endif
                @used
                nonisolated private static let __taskRecord_send: (
                    Swift::UInt32, Swift::UInt32, @convention(c) () -> Swift::UnsafeRawPointer?, Swift::UInt
                ) = (
                    0x4345_4C54, 1,
                    {
                        Celeriac::TaskDiscovery.box(__task_send())
                    },
                    0
                )
            }

            @available(macOS 99, *)
            extension Mails: Celeriac::TaskContainer {
            }
            """
        )
    }

    @Test("a static function of a container needs no value, and a nested container is named by its whole path")
    func besideContainer() {
        let text = expansion(
            of: """
                enum Outer {
                    @Celeriac.TaskContainer final class Mails {
                        @Task static func plain() async {}
                        @Task func send() async {}
                    }
                }
                """)
        #expect(text.contains("await Demo::Outer.Mails.plain()"))
        #expect(text.contains("try await context.container(Demo::Outer.Mails.self).send()"))
        #expect(text.ranges(of: "containerType").count == 1)
        let extended = expansion(of: "extension A.B {\n    @Task func f() async {}\n}")
        #expect(extended.contains("context.container(A.B.self).f()"))
    }

    @Test("a type that states the conformance gets no second one")
    func statedConformance() {
        let macro = ["TaskContainer": MacroSpec(type: TaskContainerExtension.self)]
        let file = Parser.parse(source: "@TaskContainer struct S: TaskContainer {}")
        let text = file.expand(macroSpecs: macro, contextGenerator: { _ in BasicMacroExpansionContext() }).description
        #expect(text == "struct S: TaskContainer {}")
    }

    @Test(
        "a call has exactly the marks that it needs",
        arguments: [
            ("func f() {}", "await awaiting(Demo::f())"),
            ("func f() throws {}", "try await awaiting(Demo::f())"),
            ("func f() async {}", "await Demo::f()"),
            ("func f() async throws {}", "try await Demo::f()"),
            ("func f() throws(Never) {}", "await awaiting(Demo::f())"),
            ("nonisolated func f() {}", "Demo::f()"),
            ("nonisolated func f() throws {}", "try Demo::f()"),
            ("@MainActor func f() {}", "await Demo::f()"),
            ("@MainActor func f() throws {}", "try await Demo::f()"),
            ("func f(_ context: TaskContext) async {}", "await Demo::f(\n            context\n        )"),
            (
                "nonisolated func f(x: Int) {}",
                "try Demo::f(\n            x: received.value(\"x\", at: 0, as: Int.self)\n        )"
            ),
        ])
    func marks(function: String, call: String) {
        #expect(expansion(of: "@Task \(function)").contains("{\n        \(call)\n    }"))
    }

    @Test(
        "access goes to the peers, and to the members where the protocol asks for it",
        arguments: [
            ("func f() {}", "nonisolated struct", "        var name"),
            ("private func f() {}", "nonisolated private struct", "        var name"),
            ("fileprivate func f() {}", "nonisolated fileprivate struct", "        var name"),
            ("internal func f() {}", "nonisolated internal struct", "        var name"),
            ("package func f() {}", "nonisolated package struct", "        package var name"),
            ("public func f() {}", "nonisolated public struct", "        public var name"),
        ])
    func access(function: String, type: String, member: String) {
        for place in ["enum Place", "extension Place"] {
            let text = expansion(of: "\(place) {\n    @Task static \(function)\n}")
            #expect(text.contains("\(type) __task_f: "))
            #expect(text.contains("\n\(member): Celeriac::TaskName"))
        }
    }

    @Test("members are public in a public extension, whose members are public without a word")
    func publicExtension() {
        let text = expansion(of: "public extension Place {\n    @Task static func f() {}\n}")
        #expect(text.contains("nonisolated struct __task_f: "))
        #expect(text.contains("\n        public var name: Celeriac::TaskName"))
    }

    @Test("a task of one argument is a step without any, and one of none is no step")
    func steps() {
        #expect(
            expansion(of: "@Task func f(x: [Int]?) {}").contains(
                "func then() -> Celeriac::Step<[Int]?, Swift::Void> {\n        "
                    + "Celeriac::Step(self, Celeriac::EncodedArguments())\n    }"))
        #expect(!expansion(of: "@Task func f() {}").contains("func then"))
        #expect(
            expansion(of: "@Task func f(_ c: TaskContext, _ x: Int) {}").contains("Celeriac::Step<Int, Swift::Void>"))
    }

    @Test("a task of one argument is mapped over its type, and one of none cannot be mapped")
    func items() {
        #expect(
            expansion(of: "@Task func f(_ c: TaskContext, x: [Int]?) {}").contains(
                "func encodeItem(_ item: ([Int]?)) -> Celeriac::EncodedArguments {\n        "
                    + "Celeriac::EncodedArguments(positional: item)\n    }"))
        #expect(!expansion(of: "@Task func f(_ c: TaskContext) {}").contains("Mappable"))
    }

    @Test("a function is named by its module only where the module is sure to hold it")
    func callee() {
        #expect(expansion(of: "struct S {\n    @Task static func f() async {}\n}").contains("await Demo::S.f()"))
        #expect(expansion(of: "extension A.B {\n    @Task static func f() async {}\n}").contains("await A.B.f()"))
    }
}
