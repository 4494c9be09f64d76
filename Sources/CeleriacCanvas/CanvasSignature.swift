public import CeleriacCore

/// A call that is not made yet, or a composition of several: Celery's canvas, without types.
///
/// ```swift
/// let report = CanvasSignature.chain([
///     .call("tasks.fetch", EncodedArguments(args: ["https://example.org"])),
///     .group([.call("tasks.resize"), .call("tasks.describe")]),
///     .call("tasks.publish"),
/// ])
/// ```
///
/// A value type: linking, stamping and partial application return a new value. It sends nothing; see
/// ``CanvasExpansion``.
/// Source: `celery/canvas.py`, celery 5.7.
public struct CanvasSignature: Sendable, Hashable {
    /// The kind of call or composition.
    public indirect enum Work: Sendable, Hashable {
        case call(TaskName, EncodedArguments)
        /// In sequence: each step receives the result of the one before as its first argument.
        case chain([CanvasSignature])
        /// Side by side.
        case group([CanvasSignature])
        /// The header's members side by side, then the body with the list of all results.
        case chord(CanvasChord)
        /// One message that calls a task for every item, in order: Celery's `map`; or `starmap` if `isStarred`, where
        /// each item is an array of positional arguments.
        case map(CanvasSignature, items: [UInt8], isStarred: Bool)
        /// A group of starmaps of at most `size` items each.
        case chunks(CanvasSignature, items: [UInt8], size: Int)
    }

    public var work: Work
    public var options: CanvasOptions
    /// Whether it ignores partial arguments, for example the result of the step before.
    public var isImmutable: Bool

    public init(_ work: Work, options: CanvasOptions = CanvasOptions(), isImmutable: Bool = false) {
        self.work = work
        self.options = options
        self.isImmutable = isImmutable
    }

    // MARK: Making one

    public static func call(
        _ task: TaskName, _ arguments: EncodedArguments = .none, options: CanvasOptions = CanvasOptions(),
        isImmutable: Bool = false
    ) -> CanvasSignature {
        CanvasSignature(.call(task, arguments), options: options, isImmutable: isImmutable)
    }

    public static func chain(_ steps: [CanvasSignature], options: CanvasOptions = CanvasOptions()) -> CanvasSignature {
        CanvasSignature(.chain(steps), options: options)
    }

    public static func group(_ members: [CanvasSignature], options: CanvasOptions = CanvasOptions())
        -> CanvasSignature
    {
        CanvasSignature(.group(members), options: options)
    }

    public static func chord(
        _ header: [CanvasSignature], body: CanvasSignature, options: CanvasOptions = CanvasOptions()
    ) -> CanvasSignature {
        CanvasSignature(.chord(CanvasChord(header: header, body: body)), options: options)
    }

    /// - Parameter items: a JSON array as text.
    public static func map(_ task: CanvasSignature, items: [UInt8]) -> CanvasSignature {
        CanvasSignature(.map(task, items: items, isStarred: false), isImmutable: true)
    }

    /// - Parameter items: a JSON array of arrays as text.
    public static func starmap(_ task: CanvasSignature, items: [UInt8]) -> CanvasSignature {
        CanvasSignature(.map(task, items: items, isStarred: true), isImmutable: true)
    }

    /// - Parameters:
    ///   - items: a JSON array of arrays as text.
    ///   - size: the number of items in each message; values below one count as one.
    public static func chunks(_ task: CanvasSignature, items: [UInt8], of size: Int) -> CanvasSignature {
        CanvasSignature(.chunks(task, items: items, size: chunkSize(size)), isImmutable: true)
    }

    // MARK: Looking in

    /// The id that the call or group will have; `nil` until it is frozen. A chain has the id of its last step, a chord
    /// the id of its header.
    public var id: TaskID? { options.id }

    var isEmptyGroup: Bool { if case .group(let members) = work { members.isEmpty } else { false } }
    var isGroup: Bool { if case .group = work { true } else { false } }
}

/// A header, and a body that is called when all of the header has succeeded.
public struct CanvasChord: Sendable, Hashable {
    public var header: [CanvasSignature]
    /// The options of the header if it is a group of its own on the wire; `nil` if it is a plain list.
    public var headerOptions: CanvasOptions?
    /// Without a body, the chord is just a group.
    public var body: CanvasSignature?
    /// Named arguments for each call of the header; a JSON object as text.
    public var kwargs: [UInt8]

    public init(
        header: [CanvasSignature], headerOptions: CanvasOptions? = nil, body: CanvasSignature?,
        kwargs: [UInt8] = EncodedArguments.none.kwargs
    ) {
        self.header = header
        self.headerOptions = headerOptions
        self.body = body
        self.kwargs = kwargs
    }
}
