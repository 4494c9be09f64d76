import Testing

@Suite("What @RemoteTask writes")
struct RemoteExpansionTests {
    @Test("a stub gets a body, the task as its callers see it and a value, and no record")
    func global() {
        expectExpansion(
            of: """
                @RemoteTask("tasks.thumbnail", queue: "images", timeout: .seconds(30))
                func thumbnail(of image: String, width: Int = 200) async throws -> Picture
                """,
            """
            func thumbnail(of image: String, width: Int = 200) async throws -> Picture {
                return try await $thumbnail(of: image, width: width).delay().get(timeout: .seconds(30))
            }

            nonisolated struct __task_thumbnail: Celeriac::CallableTask, Celeriac::MappableTask {
                typealias Output = Picture

                var name: Celeriac::TaskName {
                    "tasks.thumbnail"
                }

                var options: Celeriac::TaskOptions {
                    Self.options
                }
                private static let options = Celeriac::TaskOptions(queue: "images")

                var parameters: [Celeriac::TaskParameter]? {
                    Self.parameters
                }
                private static let parameters: [Celeriac::TaskParameter] = [
                    Celeriac::TaskParameter("image", label: "of", type: "String", position: nil, hasDefault: false),
                    Celeriac::TaskParameter("width", label: "width", type: "Int", position: nil, hasDefault: true)
                ]

                func callAsFunction(of image: String, width: Int = 200) -> Celeriac::Signature<Picture> {
                    var arguments = Celeriac::EncodedArguments()
                    arguments.set("image", image)
                    arguments.set("width", width)
                    return Celeriac::Signature(self, arguments)
                }

                func then(width: Int = 200) -> Celeriac::Step<String, Picture> {
                    var arguments = Celeriac::EncodedArguments()
                    arguments.set("width", width)
                    return Celeriac::Step(self, arguments)
                }

                func encodeItem(_ item: (String, Int)) -> Celeriac::EncodedArguments {
                    Celeriac::EncodedArguments(positional: item.0, item.1)
                }

                @discardableResult
                nonisolated(nonsending) func delay(of image: String, width: Int = 200) async throws -> Celeriac::AsyncResult<Picture> {
                    try await callAsFunction(of: image, width: width).delay()
                }

                @discardableResult
                nonisolated(nonsending) func applyAsync(of image: String, width: Int = 200, options: Celeriac::CallOptions) async throws -> Celeriac::AsyncResult<Picture> {
                    try await callAsFunction(of: image, width: width).applyAsync(options)
                }
            }

            nonisolated let $thumbnail = __task_thumbnail()
            """
        )
    }

    @Test("a static stub's peers stand in its type, with its access and availability")
    func inType() {
        expectExpansion(
            of: """
                public enum Sums {
                    @available(*, deprecated)
                    @RemoteTask("sums.reset")
                    public static func reset() async throws
                }
                """,
            """
            public enum Sums {
                @available(*, deprecated)
                public static func reset() async throws {
                    return try await $reset().delay().get()
                }

                @available(*, deprecated)
                nonisolated public struct __task_reset: Celeriac::CallableTask {
                    public typealias Output = Swift::Void

                    public var name: Celeriac::TaskName {
                        "sums.reset"
                    }

                    public var parameters: [Celeriac::TaskParameter]? {
                        []
                    }

                    public func callAsFunction() -> Celeriac::Signature<Swift::Void> {
                        Celeriac::Signature(self, Celeriac::EncodedArguments())
                    }

                    @discardableResult
                    public nonisolated(nonsending) func delay() async throws -> Celeriac::AsyncResult<Swift::Void> {
                        try await callAsFunction().delay()
                    }

                    @discardableResult
                    public nonisolated(nonsending) func applyAsync(options: Celeriac::CallOptions) async throws -> Celeriac::AsyncResult<Swift::Void> {
                        try await callAsFunction().applyAsync(options)
                    }
                }

                @available(*, deprecated)
                nonisolated public static let $reset = __task_reset()
            }
            """
        )
    }

    @Test("a stub whose result is ignored does not wait for it")
    func ignoring() {
        let text = expansion(of: #"@RemoteTask("mail.send", ignoreResult: true) func send(_ to: String) async throws"#)
        #expect(text.contains("{\n    try await $send(to).delay()\n}"))
        #expect(text.contains("Celeriac::TaskOptions(ignoreResult: true)"))
    }

    @Test("an argument is handed on under its label, whatever its name")
    func reserved() {
        let text = expansion(of: #"@RemoteTask("t") func f(in: Int, as `default`: Int, _ x: Int) async throws"#)
        #expect(text.contains("$f(in: `in`, as: `default`, x).delay().get()"))
    }
}
