import Testing

@testable import CeleriacCanvas
@testable import CeleriacCore

@Suite("Ids from names")
struct UUID5Tests {
    @Test("SHA-1 of the standard's examples")
    func digests() {
        #expect(SHA1.digest(of: "abc") == "a9993e364706816aba3e25717850c26c9cd0d89d")
        #expect(SHA1.digest(of: "") == "da39a3ee5e6b4b0d3255bfef95601890afd80709")
        #expect(SHA1.digest(of: String(repeating: "a", count: 119)) == "ee971065aaa017e0632a8ca6c77bb3bf8b1dfc56")
    }

    @Test("a UUID of version 5 as Python makes it")
    func makesUUIDs() {
        // uuid.uuid5(uuid.NAMESPACE_DNS, "python.org")
        let dns: [UInt8] = [
            0x6B, 0xA7, 0xB8, 0x10, 0x9D, 0xAD, 0x11, 0xD1, 0x80, 0xB4, 0, 0xC0, 0x4F, 0xD4, 0x30, 0xC8,
        ]
        #expect(UUID5.text(namespace: dns, name: "python.org") == "886313e1-3b8a-5372-9b90-0c9aee199e5d")
    }

    @Test("derived ids are the same each time, and differ by call and purpose")
    func derives() {
        var (first, again) = (CanvasIDs.derived(from: "a", for: "x"), CanvasIDs.derived(from: "a", for: "x"))
        let ids = [first.next(), first.next()]
        #expect(ids == [again.next(), again.next()] && ids[0] != ids[1])
        var others = [CanvasIDs.derived(from: "b", for: "x"), CanvasIDs.derived(from: "a", for: "y")]
        #expect(others[0].next() != ids[0] && others[1].next() != ids[0])
    }
}
