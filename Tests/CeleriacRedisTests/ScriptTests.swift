import EmbeddedText
import RESPClient
import RedisUnderTest
import Testing

@testable import CeleriacRedis

@Suite("The Lua scripts", .oneServer)
struct ScriptTests {
    @Test(
        "every script compiles on the server, which knows it by the digest that we computed", arguments: ScriptFile.all)
    func compiles(file: ScriptFile) async throws {
        let script = RESPScript(try file.fragments.text(of: file.bytes))
        let store = try Stores.inRealTime()
        #expect(try await store.raw("SCRIPT", "LOAD", script.source).text == script.digest)
        await store.close()
    }

    @Test("every script is embedded under the name of its file", arguments: ScriptFile.all)
    func embeddedScript(file: ScriptFile) throws {
        #expect(try file.list.contains("static let \(file.name) = script(PackageResources.\(file.name)_lua)\n"))
    }

    @Test("every fragment is embedded under the name of its file", arguments: ScriptFile.allFragments)
    func embeddedFragment(file: ScriptFile) throws {
        #expect(try file.list.contains("\"\(file.name)\": PackageResources.\(file.name)_lua,\n"))
    }

    @Test("the head of every script states keys, arguments, result, atomicity and errors", arguments: ScriptFile.all)
    func head(file: ScriptFile) throws {
        let head = try file.lines.prefix { $0.hasPrefix("--") }
        for label in ["KEYS", "ARGV", "Result", "Atomic", "Errors"] {
            #expect(head.contains { $0.hasPrefix("-- \(label) ") }, "no \(label)")
        }
    }

    @Test("no literal spans lines, so that indentation may go", arguments: ScriptFile.all + ScriptFile.allFragments)
    func literals(file: ScriptFile) throws {
        #expect(try file.lines.allSatisfy { !$0.hasSuffix("\\") && !$0.contains("[[") && !$0.contains("[=") })
    }

    @Test("a text has what its file includes, and neither comments nor indentation")
    func text() {
        let fragments = EmbeddedFragments([
            "a": Array("-- The first.\nlocal a = '-- no comment'\n".utf8),
            "b": Array("-- @include a\n\n  local b = a\n".utf8),
            "c": Array("local c\n".utf8),
        ])
        let file = Array("-- A head.\n\ndo\n  -- @include b c\n  return a -- behind code\nend".utf8)
        #expect(
            fragments.text(of: file)
                == "do\nlocal a = '-- no comment'\nlocal b = a\nlocal c\nreturn a -- behind code\nend\n")
    }
}
