import ArgumentParser
import Celeriac

/// An argument of a task as users type it. Text that is valid JSON (`2`, `true`, `[1,2]`, `"2"`) is read as JSON, all
/// other text as a string.
struct ValueArgument: ExpressibleByArgument {
    let value: JSONValue

    init(argument: String) {
        let parsed = try? JSONValue(parsing: argument)
        // `NaN` and `Infinity` are read as strings, since JSON cannot carry such numbers.
        let isNumberOfNoJSON = if case .double(let number)? = parsed { !number.isFinite } else { false }
        value = isNumberOfNoJSON ? .string(argument) : parsed ?? .string(argument)
    }
}

/// Positional arguments of a task: a JSON array.
struct ListArgument: ExpressibleByArgument {
    let values: [JSONValue]

    init?(argument: String) {
        guard let values = (try? JSONValue(parsing: argument))?.arrayValue else { return nil }
        self.values = values
    }
}

/// Named arguments of a task: a JSON object.
struct KeywordsArgument: ExpressibleByArgument {
    let values: JSONObject

    init?(argument: String) {
        guard let values = (try? JSONValue(parsing: argument))?.objectValue else { return nil }
        self.values = values
    }
}
