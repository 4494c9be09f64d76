import Hummingbird

/// The body of `POST /signup`.
struct SignupRequest: Decodable {
    let email: String
    let name: String?

    /// - Throws: `HTTPError` 422 that says what is wrong, but does not repeat the input.
    func validated() throws -> (email: EmailAddress, name: String) {
        guard let email = EmailAddress(email) else {
            throw HTTPError(.unprocessableContent, message: "email must be an address such as ada@example.com")
        }
        let name = name ?? "friend"
        guard (1...100).contains(name.count), name.utf8.count <= 400, !name.contains(where: \.isControl) else {
            throw HTTPError(.unprocessableContent, message: "name must have 1 to 100 characters, all of them visible")
        }
        return (email, name)
    }
}

/// The body of `POST /reports`.
struct ReportRequest: Decodable {
    let pages: Int?

    func validated() throws -> Int {
        let pages = pages ?? 10
        guard (1...1000).contains(pages) else {
            throw HTTPError(.unprocessableContent, message: "pages must be 1 to 1000")
        }
        return pages
    }
}

extension Character {
    fileprivate var isControl: Bool {
        unicodeScalars.contains {
            $0.properties.generalCategory == .control || $0.properties.generalCategory == .lineSeparator
        }
    }
}
