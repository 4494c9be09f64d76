@testable import Celeriac
import CeleriacClient
import CeleriacCore
import Testing

@Suite("A task of a container")
struct ContainerShapeTests {
    @Test("is called without a value, with the labels and defaults of its method")
    func encodes() throws {
        let call: Signature<String> = Letters.$write("Hi", times: 2)
        #expect(call.arguments.args == Array(#"["Hi"]"#.utf8))
        #expect(call.arguments.kwargs == Array(#"{"name":"nobody","times":2}"#.utf8))
        let _: Chain<Int> = chain(Letters.$write("Hi"), Letters.$count.then())
        let _: Step<String, String> = Letters.$write.then(to: "Ada")
    }

    @Test("is named by its module and type, as a static function is, or as it was told")
    func names() {
        #expect(Letters.$seal.name == "CeleriacMacroTests.Letters.seal")
        #expect(Letters.$count.name == "CeleriacMacroTests.Letters.count")
        #expect(Letters.$send.name == "CeleriacMacroTests.Letters.send")
        #expect(Letters.$write.name == "letters.write")
    }

    @Test("has the options, the parameters and the place of its declaration, and its container's type")
    func describes() {
        #expect(Letters.$write.options.queue == "mail")
        #expect(Letters.$write.options.retry.maxRetries == 5)
        #expect(Letters.$seal.parameters?.map(\.name) == ["text"])
        #expect(Letters.$write.declaredAt?.file == "CeleriacMacroTests/ContainerShapes.swift")
        #expect(Letters.$write.containerType == Letters.self)
        #expect(Letters.$send.containerType == Letters.self)
        #expect(Letters.$count.containerType == nil)
        #expect($addTwo.containerType == nil)
    }

    @Test(
        "is found without a list",
        arguments: [
            "letters.write", "office.file", "CeleriacMacroTests.Letters.seal", "CeleriacMacroTests.Letters.send",
            "CeleriacMacroTests.Ledger.add", "CeleriacMacroTests.Counter.next", "CeleriacMacroTests.Desk.pile",
            "CeleriacMacroTests.Secrets.tell",
        ])
    func finds(name: String) {
        let found = TaskDiscovery.all().filter { $0.name.rawValue == name }
        #expect(found.count == 1)
        #expect(found.first?.containerType != nil)
    }

    @Test("runs on the value that it is given")
    func runs() async throws {
        let app = try await app()
        let twice = Letters.$write("Hi", times: 2)
        #expect(try await outcome(Letters.$write, of: twice, in: app) == "Hi, nobody; Hi, nobody S")
        #expect(try await outcome(Letters.$seal, of: Letters.$seal("x"), in: app) == "test: x S")
        try await outcome(Letters.$burn, of: Letters.$burn(), in: app)
        #expect(try await outcome(Letters.$fold, of: Letters.$fold("x"), in: app) == "x S")
        #expect(try await outcome(Letters.$send, of: Letters.$send(by: "air"), in: app) == "air S")
        #expect(try await outcome(Letters.hiddenTask, "[]", "{}", in: app) == "hidden S")
        #expect(try await outcome(Letters.$count, of: Letters.$count("abc"), in: app) == 3)
        let sum = Letters.$default(context: 1, received: 2, container: 3)
        #expect(try await outcome(Letters.$default, of: sum, in: app) == 6)
        #expect(try await outcome(Letters.$renewed, of: Letters.$renewed(), in: app) == Letters.Seal(mark: "x"))
        let file = Office.Files.$file(under: "A")
        #expect(try await outcome(Office.Files.$file, of: file, in: app) == "A7")
        #expect(try await outcome(secretTask, "[]", "{}", in: app) == "psst")
    }

    @Test("runs where its container is isolated, on one value for all calls")
    func isolated() async throws {
        let app = try await app()
        for total in [2, 4] { #expect(try await outcome(Ledger.$add, of: Ledger.$add(2), in: app) == total) }
        #expect(try await outcome(Counter.$next, of: Counter.$next(by: 3), in: app) == 3)
        #expect(try await outcome(Counter.$nextSlowly, of: Counter.$nextSlowly(), in: app) == 4)
        #expect(try await outcome(Counter.$name, of: Counter.$name(), in: app) == "counter")
        #expect(try await outcome(Desk.$pile, of: Desk.$pile(5), in: app) == 5)
        try await outcome(Desk.$clear, of: Desk.$clear(), in: app)
        #expect(try await outcome(Desk.$pile, of: Desk.$pile(1), in: app) == 1)
    }

    @Test("that blocks has a thread to itself")
    func blocks() async throws {
        #expect(try await registeredOutcome(Letters.$press, "[]", in: await app()) == #""celeriac.block""#)
    }

    @Test("throws what its method throws")
    func failure() async throws {
        let app = try await app()
        await #expect(throws: ShapeError.refused) {
            try await outcome(Letters.$write, of: Letters.$write("Hi", times: 0), in: app)
        }
    }

    @Test("does not run without its value")
    func refuses() async throws {
        let app = try TaskApp(Backend(broker: MemoryStore(), results: nil))
        await #expect(throws: TaskDirective.self) { try await outcome(Letters.$burn, of: Letters.$burn(), in: app) }
    }

    private func app() async throws -> TaskApp {
        try TaskApp(
            Backend(broker: MemoryStore(), results: nil), options: AppOptions(containers: await allContainers()))
    }
}
