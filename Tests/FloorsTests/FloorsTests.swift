import Foundation
import Testing

/// Keeps the floors: no import runs upward, and neither targets nor folders form a circle.
@Suite("Floors")
struct FloorsTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    @Test("no target imports one of its own floor or of a floor above")
    func floors() throws {
        let trespasses = House.ours.trespasses(of: try SourceFile.all(in: Self.root))
        #expect(trespasses.isEmpty, "\(trespasses.joined(separator: "\n"))")
    }

    @Test("targets form no circle")
    func targets() throws {
        let circles = House.circlesOfTargets(in: try SourceFile.all(in: Self.root))
        #expect(circles.isEmpty, "\(circles.joined(separator: "\n"))")
    }

    @Test("the folders of a target form no circle")
    func folders() throws {
        let circles = House.circlesOfFolders(in: try SourceFile.all(in: Self.root))
        #expect(circles.isEmpty, "\(circles.joined(separator: "\n"))")
    }

    /// A folder is a room only if something can be in it: a target whose files all lie side by side has no rooms to guard.
    @Test("few files lie outside of the folders of a target with folders")
    func facades() throws {
        let byTarget = Dictionary(grouping: try SourceFile.all(in: Self.root), by: \.target)
        for (target, files) in byTarget where files.contains(where: { !$0.folders.isEmpty }) {
            let outside = files.count(where: \.folders.isEmpty)
            #expect(outside <= 24, "\(target) has \(outside) files in no folder")
        }
    }

    // MARK: The rules themselves

    private let cellar = SourceFile(target: "Cellar", path: "Barrel.swift", text: "public struct Barrel {}")

    @Test("an import that runs upward or sideways is found, whatever its form")
    func upward() {
        let house = House(floors: [["Cellar", "Den"], ["Attic"]])
        for form in [
            "import Attic", "public import Attic", "@_exported public import struct Attic.Trunk",
            "@testable import Den",
        ] {
            let file = SourceFile(target: "Cellar", path: "A.swift", text: form)
            let attic = SourceFile(target: "Attic", path: "Trunk.swift", text: "import Cellar")
            let den = SourceFile(target: "Den", path: "D.swift", text: "import Foundation")
            #expect(house.trespasses(of: [file, attic, den]).count == 1, "\(form)")
        }
        let stray = SourceFile(target: "Shed", path: "S.swift", text: "")
        #expect(house.trespasses(of: [stray]) == ["Shed has no floor"])
    }

    @Test("a circle of targets is found")
    func targetCircle() {
        let files = [
            SourceFile(target: "A", path: "A.swift", text: "import B"),
            SourceFile(target: "B", path: "B.swift", text: "import C"),
            SourceFile(target: "C", path: "C.swift", text: "import A"), cellar,
        ]
        #expect(House.circlesOfTargets(in: files).count == 3)
        #expect(House.circlesOfTargets(in: Array(files.dropLast(2))).isEmpty)
    }

    @Test("a circle of folders is found, at every depth; comments, texts and extensions draw no arrow")
    func folderCircle() {
        func file(_ path: String, _ text: String) -> SourceFile { SourceFile(target: "T", path: path, text: text) }
        let one = file("One/Egg.swift", "struct Egg { let hen: Hen }")
        #expect(House.circlesOfFolders(in: [one, file("Two/Hen.swift", "class Hen { func lay() -> Egg }")]).count == 2)
        let quiet = #"""
            /// Lays an ``Egg``. /* Egg */
            class Hen { let name = "Egg", text = """
                Egg
                """ }
            extension Egg { func break() {} }
            """#
        #expect(House.circlesOfFolders(in: [one, file("Two/Hen.swift", quiet)]).isEmpty)
        let spoken = #"class Hen { let name = "an \(Egg(of: "x"))" }"#
        #expect(House.circlesOfFolders(in: [one, file("Two/Hen.swift", spoken)]).count == 2)
        let deep = [
            file("In/One/Egg.swift", "struct Egg { let hen: Hen }"),
            file("In/Two/Hen.swift", "class Hen { let e: Egg }"),
        ]
        #expect(House.circlesOfFolders(in: deep).count == 2)
    }
}
