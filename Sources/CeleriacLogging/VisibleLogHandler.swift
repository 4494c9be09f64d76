import CeleriacCore
package import Logging

/// Passes log lines on, and escapes everything in their metadata that could end a line or control a terminal.
///
/// Ids, names, reasons and errors come from anyone who can write to the broker, so a line feed in one of them could
/// forge a line of the log. Our own messages are constant; a task's own messages stay as the task wrote them.
package struct VisibleLogHandler: LogHandler {
    private var base: any LogHandler

    package init(_ base: any LogHandler) { self.base = base }

    package var logLevel: Logger.Level {
        get { base.logLevel }
        set { base.logLevel = newValue }
    }

    package var metadata: Logger.Metadata {
        get { base.metadata }
        set { base.metadata = newValue.visible }
    }

    package var metadataProvider: Logger.MetadataProvider? {
        get { base.metadataProvider }
        set { base.metadataProvider = newValue }
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { base[metadataKey: key] }
        set { base[metadataKey: key] = newValue?.visible }
    }

    package func log(event: LogEvent) {
        var event = event
        event.metadata = event.metadata?.visible
        base.log(event: event)
    }
}

extension Logger {
    /// The same logger behind a ``VisibleLogHandler``.
    package var escapingMetadata: Logger {
        if handler is VisibleLogHandler { return self }
        var logger = self
        logger.handler = VisibleLogHandler(handler)
        return logger
    }
}

extension Logger.Metadata {
    fileprivate var visible: Logger.Metadata { mapValues(\.visible) }
}

extension Logger.MetadataValue {
    fileprivate var visible: Logger.MetadataValue {
        switch self {
        case .string(let text): .string(text.onOneLine)
        case .stringConvertible(let value): .string(value.description.onOneLine)
        case .array(let values): .array(values.map(\.visible))
        case .dictionary(let values): .dictionary(values.visible)
        }
    }
}
