import CeleriacCanvas
import CeleriacCore
import CeleriacWire
import Testing

@Suite("Signatures on the wire")
struct CanvasCodecTests {
    private let codec = CanvasCodec(priorities: .lowFirst)

    @Test("every recorded signature is read, and written as the same JSON value")
    func signaturesRoundTrip() throws {
        let signatures = try #require(try Fixture("signature-dicts").document["signatures"]?.objectValue)
        for (name, value) in signatures {
            let signature = try codec.decodeSignature(value.bytes)
            #expect(try JSONValue(parsing: codec.encode(signature)) == value, "\(name)")
        }
        #expect(signatures.count == 8)
    }

    @Test("every recorded embed is read, and written as the same JSON value")
    func embedsRoundTrip() throws {
        var count = 0
        // Protocol 1 has no embed of its own.
        for fixture in try Fixture.all() where fixture.name != "task-protocol-1" {
            for raw in fixture.texts(beginning: "{\"body\"").map({ Array($0.utf8) }) {
                guard let envelope = try? KombuEnvelope.decode(raw, limits: MessageLimits()).envelope,
                    let embed = try? CeleryCodec().decode(envelope).embed, embed.count > 4
                else { continue }
                count += 1
                let again = codec.encode(try codec.decodeEmbed(embed))
                let value = try JSONValue(parsing: embed)
                #expect(try JSONValue(parsing: again) == value, "\(fixture.name)")
            }
        }
        #expect(count > 100)
    }

    @Test(
        "a priority counts as the wire does, and as CallPriority in the signature; every number comes back",
        arguments: [
            (PriorityOrder.lowFirst, 0, 9), (.lowFirst, 4, 5), (.lowFirst, 9, 0), (.lowFirst, 12, 0),
            (.lowFirst, -3, 9),
            (.highFirst, 0, 0), (.highFirst, 4, 4), (.highFirst, 9, 9), (.highFirst, 12, 9),
        ])
    func turnsPriorities(order: PriorityOrder, wire: Int, priority: Int) throws {
        let codec = CanvasCodec(priorities: order)
        let inner =
            #"{"task":"b","args":[],"kwargs":{},"options":{"priority":\#(wire)},"subtask_type":null,"immutable":false}"#
        let text =
            #"{"task":"a","args":[],"kwargs":{},"options":{"priority":\#(wire),"link":[\#(inner)]},"#
            + #""subtask_type":null,"immutable":false}"#
        let signature = try codec.decodeSignature(Array(text.utf8))
        #expect(signature.options.priority?.rawValue == priority)
        #expect(signature.options.links.first?.options.priority?.rawValue == priority)
        #expect(try JSONValue(parsing: codec.encode(signature)) == JSONValue(parsing: Array(text.utf8)))
    }

    @Test("a priority that is no whole number stays as it is", arguments: ["\"high\"", "2.5", "null", "[1]"])
    func leavesOtherPriorities(value: String) throws {
        let text =
            #"{"task":"a","args":[],"kwargs":{},"options":{"priority":\#(value)},"subtask_type":null,"immutable":false}"#
        let signature = try codec.decodeSignature(Array(text.utf8))
        #expect(signature.options.priority == nil)
        #expect(try JSONValue(parsing: codec.encode(signature)) == JSONValue(parsing: Array(text.utf8)))
    }

    @Test("the tasks that map are known by their names, and only with their arguments")
    func knowsMaps() throws {
        let items = Array("[[1,1],[2,2]]".utf8)
        for canvas: CanvasSignature in [
            .map(Sample.add(), items: items), .starmap(Sample.add(), items: items),
            .chunks(Sample.add(), items: items, of: 3),
        ] {
            #expect(try codec.decodeSignature(codec.encode(canvas)) == canvas)
        }
        let text = #"{"task":"celery.map","args":[],"kwargs":{"task":1,"it":[]},"options":{}}"#
        guard case .call("celery.map", _) = try codec.decodeSignature(Array(text.utf8)).work else {
            Issue.record("a map of no task is a call")
            return
        }
    }

    @Test("arguments stay the text that they were, without blanks between")
    func keepsArguments() throws {
        let text = #"{"task": "t", "args": [1.50, "a \" b", 1e400, "\ud800"], "kwargs": {"b": 1, "a": NaN}}"#
        guard case .call(_, let arguments) = try codec.decodeSignature(Array(text.utf8)).work else { return }
        #expect(String(decoding: arguments.args, as: UTF8.self) == #"[1.50,"a \" b",1e400,"\ud800"]"#)
        #expect(String(decoding: arguments.kwargs, as: UTF8.self) == #"{"b":1,"a":NaN}"#)
    }

    @Test("options that nobody knows here pass through")
    func keepsOptions() throws {
        let text = #"""
            {"args":[],"immutable":true,"kwargs":{},"options":{"chain":[],"delivery_mode":1,"link":[],"queue":null,"retry_policy":{"a":[1.0]}},"subtask_type":null,"task":"t"}
            """#
        let signature = try codec.decodeSignature(Array(text.utf8))
        var expected = try JSONValue(parsing: text)
        expected = expected.replacing("options", "link", with: nil)
        #expect(try JSONValue(parsing: codec.encode(signature)) == expected)
        #expect(signature.isImmutable && signature.options.chain == [])
    }

    @Test(
        "what is no signature is refused",
        arguments: [
            "[]", "null", "{}", #"{"task":""}"#, #"{"task":1}"#, #"{"task":"t","args":{}}"#,
            #"{"task":"t","kwargs":[]}"#,
            #"{"task":"t","subtask_type":"other"}"#, #"{"task":"t","immutable":"yes"}"#, #"{"task":"t","options":[]}"#,
            #"{"task":"t","options":{"task_id":1}}"#, #"{"task":"t","options":{"link":[1]}}"#, #"{"task":"t"} x"#,
            #"{"task":"c","subtask_type":"chain","kwargs":{"tasks":{}}}"#,
            #"{"task":"c","subtask_type":"chord","kwargs":{"header":1,"body":null}}"#,
        ])
    func refuses(text: String) throws {
        let error = #expect(throws: CeleriacError.self) { try codec.decodeSignature(Array(text.utf8)) }
        #expect(error?.code == .malformedMessage)
    }

    @Test("signatures nested too deep are refused, whatever nests them")
    func refusesDepth() throws {
        let nests = [
            (#"{"task":"c","subtask_type":"chain","kwargs":{"tasks":["#, "]}}"),
            (#"{"task":"c","subtask_type":"chord","kwargs":{"header":[],"body":"#, "}}"),
            (#"{"task":"c","subtask_type":"chord","kwargs":{"header":"#, "}}"),
            (#"{"task":"c","options":{"link":"#, "}}"), (#"{"task":"c","options":{"chord":"#, "}}"),
            (#"{"task":"celery.map","kwargs":{"it":[],"task":"#, "}}"),
        ]
        let wide = CanvasCodec(json: JSONLimits(depth: 512), priorities: .lowFirst)
        for (head, tail) in nests {
            for depth in [60, 2000] {
                let text =
                    String(repeating: head, count: depth) + #"{"task":"t"}"# + String(repeating: tail, count: depth)
                for codec in [codec, wide] {
                    let error = #expect(throws: CeleriacError.self) { try codec.decodeSignature(Array(text.utf8)) }
                    #expect(error?.code == .tooLarge)
                }
            }
        }
    }

    @Test("the body of a chord is written alike for each call, and once")
    func writesManyBodies() throws {
        let canvas = CanvasSignature.chord((0..<2000).map { _ in Sample.add(1, 1) }, body: Sample.xsum)
        let messages = codec.messages(of: try Sample.plan(canvas).calls)
        #expect(messages.count == 2000 && Set(messages.map(\.embed)).count == 1)
    }
}

extension JSONValue {
    fileprivate func replacing(_ first: String, _ second: String, with value: JSONValue?) -> JSONValue {
        var outer = objectValue ?? [:]
        var inner = outer[first]?.objectValue ?? [:]
        inner[second] = value
        outer[first] = .object(inner)
        return .object(outer)
    }
}
