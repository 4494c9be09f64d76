import CeleriacCore
import Testing

@Suite("Keys found by their bytes")
struct KeyTableTests {
    private func keys(of text: String, in names: [String]) throws -> [String] {
        let table = KeyTable(names)
        var reader = try JSONReader(Array(text.utf8))
        var keys: [String] = []
        try reader.beginObject()
        while let key = try reader.nextKey(in: table) {
            switch key {
            case .known(let place): keys.append("#\(names[place])")
            case .other(let name): keys.append(name.text)
            }
            try reader.skip()
        }
        return keys
    }

    @Test("a table knows its own names, however they are written, and no others")
    func findsNames() throws {
        let names = ["id", "ide", "task", "", "content-type", "é"] + (0..<90).map { "n\($0)" }
        let text = #"{"id":1,"i":2,"\u0069de":3,"":4,"é":5,"\u00e9":6,"content-typ":7,"n89":8,"n90":9,"n0":0,"i\nd":1}"#
        #expect(
            try keys(of: text, in: names) == [
                "#id", "i", "#ide", "#", "#é", "#é", "content-typ", "#n89", "n90", "#n0", "i\nd",
            ])
        #expect(try keys(of: text, in: []).count == 11)
    }
}
