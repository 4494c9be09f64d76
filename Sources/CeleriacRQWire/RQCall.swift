package import CeleriacCore

/// The content of a job's field `data`: the function to call, and its arguments.
///
/// On the wire it is a sequence of four: the dotted name, the object whose method it is or `None`, a sequence of the
/// positional arguments, and a mapping of the named ones. Source: RQ 3.0.0, `job.py`.
package struct RQCall: Sendable {
    package let task: TaskName
    /// The arguments as JSON text, whichever serialiser was used.
    package let arguments: ReceivedArguments

    /// The arguments as the body of a Celery message, `[args, kwargs, embed]`. Code behind the codec need not know
    /// which wire a call came from.
    package var celeryBody: [UInt8] {
        var writer = JSONWriter()
        writer.beginArray()
        writer.beginArray()
        for range in arguments.positional { writer.raw(arguments.body[range]) }
        writer.endArray()
        writer.beginObject()
        for keyword in arguments.keywords {
            writer.key(keyword.name)
            writer.raw(arguments.body[keyword.range])
        }
        writer.endObject()
        writer.raw(Message.emptyEmbed)
        writer.endArray()
        return writer.bytes
    }
}
