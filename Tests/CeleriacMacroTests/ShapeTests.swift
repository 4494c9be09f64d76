@testable import Celeriac
@testable import CeleriacClient
@testable import CeleriacWorker
import CeleriacCanvas
import CeleriacCore
import Synchronization
import Testing

@Suite("A task")
struct ShapeTests {
    // MARK: Calling

    @Test("sends leading unlabelled arguments by position and the others by name, with their defaults")
    func encodes() {
        let call = $greet("Hi", times: 2).arguments
        #expect(call.args == Array(#"["Hi"]"#.utf8))
        #expect(call.kwargs == Array(#"{"name":"friend","times":2}"#.utf8))
        #expect($addTwo(2, 3).arguments.args == Array("[2,3]".utf8))
    }

    @Test("sends under the parameter's own name, not under its label")
    func encodesNames() {
        #expect(Mail.$send(to: "ada").arguments.kwargs == Array(#"{"address":"ada","sender":"postmaster"}"#.utf8))
        let reserved = $default(in: 1, self: 2, default: 3, name: "n").arguments
        #expect(reserved.kwargs == Array(#"{"in":1,"self":2,"default":3,"name":"n"}"#.utf8))
        let own = $quiet(arguments: 1, options: 2, received: 3).arguments
        #expect(own.kwargs == Array(#"{"arguments":1,"options":2,"received":3}"#.utf8))
    }

    @Test("is a step of a chain without its first argument, and fits only where that comes from")
    func composes() throws {
        let greeting: Step<String, String> = $greet.then(to: "Ada", times: 2)
        let greetings: Chain<String> = chain($usesNamedContext(), greeting, $greet.then())
        let work = try greetings.canvasSignature().work
        guard case .chain(let steps) = work else { throw ShapeError.refused }
        #expect(
            steps.map(\.work) == [
                .call("CeleriacMacroTests.usesNamedContext", .none),
                .call("shapes.greet", EncodedArguments(args: [], kwargs: ["name": "Ada", "times": 2])),
                .call("shapes.greet", EncodedArguments(args: [], kwargs: ["name": "friend", "times": 1])),
            ])
        let _: Step<Point, Point> = $moved.then(by: Point(x: 1, y: 1))
        let _: Step<Int?, Int?> = $boxed.then()
    }

    @Test("takes the output of the step before for its first argument, also where it has a name")
    func runsAsStep() async throws {
        let point = #"[{"x":1,"y":2}]"#
        #expect(try await outcome($moved, point, #"{"offset":{"x":1,"y":1}}"#) == Point(x: 2, y: 3))
    }

    @Test("is mapped over its parameter, or over all of them in order, whatever their labels")
    func maps() throws {
        let boxed: Signature<[Int?]> = $boxed.map([1, nil])
        let greetings: Signature<[String]> = $greet.starmap([("Hello", "Ada", 2)])
        let (here, by) = (Point(x: 1, y: 2), Point(x: 3, y: 4))
        let moved: CallGroup<[Point]> = $moved.chunks([(here, by, nil), (by, here, 2)], size: 1)
        guard case .group(let parts) = try moved.canvasSignature().work else {
            throw ShapeError.refused
        }
        func starmap(_ task: TaskName, _ items: String) -> CanvasSignature.Work {
            .map(.call(task), items: Array(items.utf8), isStarred: true)
        }
        #expect(
            try boxed.canvasSignature().work
                == .map(.call($boxed.name), items: Array("[1,null]".utf8), isStarred: false))
        #expect(
            try greetings.canvasSignature().work
                == starmap("shapes.greet", #"[["Hello","Ada",2]]"#))
        #expect(
            parts.map(\.work) == [
                starmap($moved.name, #"[[{"x":1,"y":2},{"x":3,"y":4},null]]"#),
                starmap($moved.name, #"[[{"x":3,"y":4},{"x":1,"y":2},2]]"#),
            ])
    }

    @Test("is named by its module and types, or as it was told")
    func names() {
        #expect($addTwo.name == "CeleriacMacroTests.addTwo")
        #expect(Mail.Box.$thrice.name == "CeleriacMacroTests.Mail.Box.thrice")
        #expect(Mail.hiddenName == "CeleriacMacroTests.Mail.hidden")
        #expect($default.name == "CeleriacMacroTests.default")
        #expect($greet.name == "shapes.greet")
    }

    @Test("has the options of its declaration")
    func options() {
        #expect($greet.options.queue == "mail")
        #expect($greet.options.retry.maxRetries == 5)
        #expect($greet.options.rateLimit == "10/s")
        #expect($quiet.options.ignoreResult)
        #expect($quiet.options.acks == .early)
        #expect($quiet.options.unique == .key("one", .untilStart))
        #expect($addTwo.options.queue == nil)
        #expect($pressing.options.execution == .blocking)
        #expect($addTwo.options.execution == .cooperative)
    }

    @Test("says which parameters it takes, the context not among them")
    func parameters() {
        #expect(
            $greet.parameters == [
                TaskParameter("greeting", label: nil, type: "String", position: 0, hasDefault: false),
                TaskParameter("name", label: "to", type: "String", position: nil, hasDefault: true),
                TaskParameter("times", label: "times", type: "Int", position: nil, hasDefault: true),
            ])
        #expect($usesContext.parameters?.map(\.name) == ["suffix"])
        #expect($waits.parameters == [])
    }

    // MARK: Running

    @Test("gets its own calls back")
    func roundTrip() async throws {
        #expect(try await outcome($addTwo, of: $addTwo(2, 3)) == 5)
        #expect(try await outcome($greet, of: $greet("Hi", to: "Ada", times: 2)) == "Hi, Ada; Hi, Ada")
        let moving = $moved(point: Point(x: 1, y: 2), by: Point(x: 1, y: 1), scaled: 2)
        #expect(try await outcome($moved, of: moving) == Point(x: 4, y: 6))
        #expect(try await outcome($owned, of: $owned([1], second: "", [2, 3])) == 3)
        #expect(try await outcome($default, of: $default(in: 1, self: 2, default: 3)) == 6)
        #expect(try await outcome($run, of: $run(delay: 4)) == 4)
        #expect(try await outcome($boxed, of: $boxed(nil)) == nil)
        #expect(try await outcome($neverThrows, of: $neverThrows(1)) == 1)
        #expect(try await outcome($plain, of: $plain()) == 3)
        #expect(try await outcome($quiet, of: $quiet(arguments: 1, options: 2, received: 3)) == 6)
    }

    @Test("runs where its function is isolated")
    func isolated() async throws {
        #expect(try await outcome($onMain, of: $onMain(1)) == 2)
        #expect(try await outcome(Kitchen.$boil, of: Kitchen.$boil(5)) == 5)
        #expect(try await outcome($cook, of: $cook("soup")) == "soup")
        #expect(try await outcome($cookSlowly, of: $cookSlowly("stew")) == "stew")
        #expect(try await outcome(Screens.$draw, of: Screens.$draw(text: "abc")) == 83)
        try await outcome(Screens.$clear, of: Screens.$clear())
    }

    @Test("has a thread to itself where it blocks, async or not")
    func blocking() async throws {
        let name = #""celeriac.block""#
        #expect(try await registeredOutcome($pressing, "[1]") == name)
        #expect(try await registeredOutcome($pressingSlowly, "[1]") == name)
        #expect(try await registeredOutcome($pressingPlainly, "[]") == name)
        #expect(try await registeredOutcome($pressingBeside, "[]") == name)
        #expect(try await registeredOutcome($relaxed, "[]") != name)
    }

    @Test("of a type reads that type's members and Self")
    func inTypes() async throws {
        #expect(try await outcome(Mail.$send, of: Mail.$send(to: "ada")) == "postmaster -> ada")
        #expect(try await outcome(Mail.Box.$twice, of: Mail.Box.$twice()) == Mail.Box(size: 2))
        #expect(try await outcome(Mail.Box.$thrice, of: Mail.Box.$thrice(.small)) == Mail.Box(size: 3))
        #expect(try await outcome(Ancestor.$name, of: Ancestor.$name(of: "x")) == "x")
        #expect(try await outcome(Report.$make, of: Report.$make(rows: 2)) == [0, 1])
        try await outcome(Crowded.$squeeze, of: Crowded.$squeeze(1))
    }

    @Test("takes its context under any label")
    func context() async throws {
        #expect(try await outcome($usesContext, of: $usesContext(suffix: "!")) == "test !")
        #expect(try await outcome($usesNamedContext, of: $usesNamedContext()) == "test")
    }

    @Test("without a result runs all the same")
    func void() async throws {
        try await outcome($countUp, of: $countUp("void"))
        try await outcome($waits, of: $waits())
        try await outcome($answersVoid, of: $answersVoid())
        #expect(doneByTasks.withLock { $0["void"] } == 1)
    }

    @Test("throws what its function throws")
    func failure() async throws {
        await #expect(throws: ShapeError.refused) { try await outcome($greet, of: $greet("Hi", times: 0)) }
        await #expect(throws: ShapeError.refused) {
            try await outcome($moved, of: $moved(point: Point(x: 0, y: 0), by: Point(x: 0, y: 0), scaled: 0))
        }
    }

    // MARK: Arguments from elsewhere

    @Test(
        "takes an argument by position, by name and by label",
        arguments: [
            (#"["Hi","Ada",2]"#, "{}"),
            (#"["Hi"]"#, #"{"name":"Ada","times":2}"#),
            (#"["Hi"]"#, #"{"to":"Ada","times":2}"#),
            ("[]", #"{"times":2,"name":"Ada","greeting":"Hi"}"#),
            (#"["Hi","Ada"]"#, #"{"times":2}"#),
        ])
    func anyForm(args: String, kwargs: String) async throws {
        #expect(try await outcome($greet, args, kwargs) == "Hi, Ada; Hi, Ada")
    }

    @Test("gives a missing argument the Swift default")
    func defaults() async throws {
        #expect(try await outcome($greet, #"["Hi"]"#, "{}") == "Hi, friend")
        #expect(try await outcome($open, "[]", "{}") == 7)
        #expect(try await outcome(Mail.Box.$twice, "[]", "{}") == Mail.Box(size: 2))
    }

    @Test(
        "refuses a missing, doubled or wrongly typed argument before it does anything",
        arguments: [
            ("[]", "{}"), ("[3]", "{}"), (#"["refused"]"#, #"{"key":"refused"}"#), ("[null]", "{}"), ("[[]]", "{}"),
        ])
    func refuses(args: String, kwargs: String) async throws {
        let error = await #expect(throws: CeleriacError.self) { try await outcome($countUp, args, kwargs) }
        #expect(error?.code == .invalidArguments)
        #expect(doneByTasks.withLock { $0["refused"] } == nil)
    }

    @Test(
        "decodes every argument before the call",
        arguments: [
            #"["Hi","Ada","two"]"#, #"["Hi",1,1]"#, #"[1,"Ada",1]"#,
        ])
    func decodesFirst(args: String) async throws {
        let error = await #expect(throws: CeleriacError.self) { try await outcome($greet, args, "{}") }
        #expect(error?.code == .invalidArguments)
    }

    @Test(
        "knows too many and unknown arguments by its parameters",
        arguments: [
            (#"[1,2,3]"#, "{}"), ("[1,2]", #"{"z":1}"#),
        ])
    func tooMany(args: String, kwargs: String) throws {
        let parameters = try #require($addTwo.parameters)
        let error = #expect(throws: CeleriacError.self) { try received(args, kwargs).check(against: parameters) }
        #expect(error?.code == .invalidArguments)
    }

    @Test("leaves `Task { }` alone")
    func unstructuredTask() async { #expect(await unstructured() == 42) }
}
