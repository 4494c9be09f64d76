/// The names that a pickle of plain data imports. We build their values ourselves; every other name is refused.
///
/// Source: the `__reduce__` of each type in CPython 3.11, as `pickletools.dis` shows them.
enum PickleCallable: String, CaseIterable {
    case set = "builtins.set"
    case frozenSet = "builtins.frozenset"
    case bytes = "builtins.bytes"
    case byteArray = "builtins.bytearray"
    /// Bytes as text with the same codes, in protocols before 3.
    case encode = "_codecs.encode"
    case orderedDictionary = "collections.OrderedDict"
    case datetime = "datetime.datetime"
    case date = "datetime.date"
    case time = "datetime.time"
    case timedelta = "datetime.timedelta"
    case timezone = "datetime.timezone"
    case decimal = "decimal.Decimal"
    case uuid = "uuid.UUID"
    /// Together with ``object``, begins a UUID in protocols 0 and 1.
    case reconstructor = "copyreg._reconstructor"
    case object = "builtins.object"

    /// - Parameter module: the module's name, which may be its Python 2 name, as protocols before 3 use it.
    init?(module: String, name: String) {
        let current = module == "__builtin__" ? "builtins" : module == "copy_reg" ? "copyreg" : module
        self.init(rawValue: current + "." + name)
    }
}
