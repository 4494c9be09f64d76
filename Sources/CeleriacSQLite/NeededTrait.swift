#if !SQLite
    #error("CeleriacSQLite needs the trait SQLite: add it to the list of traits of the package celeriac")
#endif
