import CeleriacCore
import Celeriac
import Foundation
import NIOCore
import NIOPosix
import Testing

@testable import Signup

@Suite("mail")
struct MailTests {
    private func mail(subject: String = "Hello", text: String = "Hi.") throws -> Mail {
        let address = try #require(EmailAddress("ada@example.com"))
        return Mail(
            from: address, to: address, subject: subject, text: text, id: "a>b", date: Date(timeIntervalSince1970: 0))
    }

    @Test("a mail ends with a dot, and lines of its own that start with one get another")
    func stuffsDots() throws {
        let data = try mail(text: "one\n.\n..two\r\nthree").transmission()
        #expect(data.hasSuffix("\r\n\r\none\r\n..\r\n...two\r\nthree\r\n.\r\n"))
    }

    @Test("a mail's headers are those of RFC 5322")
    func writesHeaders() throws {
        let lines = try mail().transmission().split(separator: "\r\n")
        #expect(lines[0] == "Date: Thu, 01 Jan 1970 00:00:00 +0000")
        #expect(lines[3] == "Message-ID: <ab@example.com>")
        #expect(lines[4] == "Subject: Hello")
    }

    @Test("a subject beyond ASCII becomes encoded words of at most 75 characters")
    func encodesSubject() throws {
        let subject = String(repeating: "Żółw ", count: 30)
        let data = try mail(subject: subject).transmission()
        let words = data.split(separator: "\r\n").map(String.init).drop { !$0.hasPrefix("Subject: ") }.prefix {
            $0.contains("=?")
        }
        #expect(words.count > 1)
        #expect(words.allSatisfy { $0.count <= 75 + "Subject: ".count })
        let encoded = words.compactMap { $0.split(separator: "?").dropFirst(3).first.map(String.init) }
        let text = encoded.compactMap { Data(base64Encoded: $0) }.reduce(Data(), +)
        #expect(String(decoding: text, as: UTF8.self) == subject)
    }

    @Test("a subject with a line break is refused", arguments: ["a\r\nBcc: eve@example.com", "a\nb", "a\u{2028}b"])
    func refusesInjection(subject: String) throws {
        let mail = try mail(subject: subject)
        #expect(throws: PermanentMailFailure.self) { try mail.transmission() }
    }

    @Test("takes addresses", arguments: ["a@b.co", "ada.lovelace+news@mail.example.com", "o'brien@x-y.org"])
    func takes(address: String) { #expect(EmailAddress(address) != nil) }

    @Test(
        "refuses what is no address or could smuggle something in",
        arguments: [
            "", "ada", "@example.com", "ada@", "ada@localhost", "a b@example.com", "ada@exa mple.com", "a@b@c.com",
            "ada@example.com\r\nDATA", "ada@example.com>", "<ada@example.com", ".a@example.com", "a..b@example.com",
            "ada@-x.com", "ada@x..com", "łuk@example.com", "ada@example.com\u{0}",
            String(repeating: "a", count: 65) + "@example.com",
        ]
    )
    func refuses(address: String) { #expect(EmailAddress(address) == nil) }

    @Test("an address from the wire is checked as well")
    func decodes() {
        #expect(throws: (any Error).self) { try JSONCoding.decode(EmailAddress.self, from: Array(#""a\r\nb""#.utf8)) }
    }
}

@Suite("SMTP")
struct SMTPTests {
    @Test("a reply may have many lines, and come in pieces")
    func gathersReply() throws {
        var decoder = SMTPReplyDecoder()
        var buffer = ByteBuffer(string: "250-sink\r\n250-SIZE 1")
        #expect(try decoder.decode(buffer: &buffer) == nil)
        buffer.writeString("000\r\n250 HELP\r\n354 go")
        #expect(try decoder.decode(buffer: &buffer) == SMTPReply(code: 250, lines: ["sink", "SIZE 1000", "HELP"]))
        #expect(try decoder.decode(buffer: &buffer) == nil)
        buffer.writeString("\n")
        #expect(try decoder.decode(buffer: &buffer) == SMTPReply(code: 354, lines: ["go"]))
    }

    @Test(
        "what is no SMTP, or has no end, is a failure",
        arguments: ["HTTP/1.1 400 Bad Request\r\n", "99 x\r\n", "\r\n", String(repeating: "2", count: 5000)]
    )
    func refusesOthers(text: String) {
        var decoder = SMTPReplyDecoder()
        var buffer = ByteBuffer(string: text)
        #expect(throws: TemporaryMailFailure.self) { _ = try decoder.decode(buffer: &buffer) }
    }

    @Test("a reply of endless lines is a failure")
    func refusesEndlessReply() {
        var decoder = SMTPReplyDecoder()
        var buffer = ByteBuffer(string: String(repeating: "250-more\r\n", count: 1000))
        #expect(throws: TemporaryMailFailure.self) { _ = try decoder.decode(buffer: &buffer) }
    }

    private func send(to port: Int) async throws {
        let address = try #require(EmailAddress("ada@example.com"))
        let client = SMTPClient(host: "127.0.0.1", port: port, sender: address, limit: .milliseconds(200))
        let mail = Mail(
            from: address, to: address, subject: "s", text: "t", id: "1", date: Date(timeIntervalSince1970: 0))
        _ = try await client.send(mail)
    }

    @Test("a server that is away, or never speaks, is a failure for now", arguments: [true, false])
    func survivesSilence(listens: Bool) async throws {
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(host: "127.0.0.1", port: 0).get()
        let port = try #require(server.localAddress?.port)
        if !listens { try await server.close() }
        await #expect(throws: TemporaryMailFailure.self) { try await send(to: port) }
        if listens { try await server.close() }
    }
}
