package import CeleriacCore

/// A result as Celery's `as_tuple` writes it: `[[id, parent], members]`. A missing parent and missing members are null.
///
/// Groups, and headers of chords that are nested, are saved in this form: `celery-taskset-meta-<group id>` holds
/// `{"result": TUPLE}`.
/// Source: `celery/result.py`.
extension CanvasResult {
    package var tuple: [UInt8] {
        var writer = JSONWriter()
        write(into: &writer)
        return writer.bytes
    }

    /// Parents are written from the nearest to the farthest, each inside the one before.
    private func write(into writer: inout JSONWriter) {
        writer.beginArray()
        writer.beginArray()
        writer.string(id.rawValue)
        for parent in parents {
            writer.beginArray()
            writer.beginArray()
            writer.string(parent.id.rawValue)
        }
        writer.null()
        writer.endArray()
        for parent in parents.reversed() {
            parent.writeMembers(into: &writer)
            writer.endArray()
            writer.endArray()
        }
        writeMembers(into: &writer)
        writer.endArray()
    }

    private func writeMembers(into writer: inout JSONWriter) {
        guard let members else { return writer.null() }
        writer.beginArray()
        for member in members { member.write(into: &writer) }
        writer.endArray()
    }
}
