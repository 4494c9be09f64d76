import Foundation
import TestKit
import Testing

extension Interop {
    @Suite("make install", .timeLimit(.minutes(15)))
    struct InstallTests {
        @Test("the program, its completions and its manual page are there, and can be read by those who read them")
        func installs() async throws {
            let scratch = try Scratch()
            let done = try await Program.run(
                Places.package.appending(path: "scripts/install"), [],
                environment: [
                    "BINARY": builtProgram("celeriac").path, "DESTDIR": scratch.folder.path, "PREFIX": "/usr",
                ])
            try #require(done.exit == 0, "\(done.err)")
            let usr = scratch.folder.appending(path: "usr")
            let version = try await Program.run(usr.appending(path: "bin/celeriac"), ["--version"], environment: [:])
            #expect(version.out.hasPrefix("celeriac "))
            let completions = usr.appending(path: "share/bash-completion/completions/celeriac").path
            let bash = try await Program.run(
                URL(filePath: "/bin/bash"), ["-c", "source \(completions) && complete -p celeriac"], environment: [:])
            #expect(bash.exit == 0 && bash.out.contains("celeriac"), "\(bash.err)")
            for file in ["share/zsh/site-functions/_celeriac", "share/fish/vendor_completions.d/celeriac.fish"] {
                #expect(try String(contentsOf: usr.appending(path: file), encoding: .utf8).contains("dead"))
            }
            let page = try String(contentsOf: usr.appending(path: "share/man/man1/celeriac.1"), encoding: .utf8)
            for text in [".TH CELERIAC 1", ".SS call", ".SS dead requeue", #"\fB\-\-after <after>\fR"#, "Exit codes"] {
                #expect(page.contains(text), "\(text)")
            }
        }
    }
}
