"""Closed word lists that the resolver's parts share: titles, heads of nominals, pronouns, function words."""

MALE_PRONOUNS = frozenset("he him his himself".split())
FEMALE_PRONOUNS = frozenset("she her hers herself".split())
PERSON_PRONOUNS = MALE_PRONOUNS | FEMALE_PRONOUNS
THING_PRONOUNS = frozenset("it its itself".split())
PLURAL_PRONOUNS = frozenset("they them their theirs themselves themself".split())
FIRST_SINGULAR = frozenset("i me my mine myself".split())
FIRST_PLURAL = frozenset("we us our ours ourselves".split())
SECOND_PERSON = frozenset("you your yours yourself yourselves".split())
RELATIVES = frozenset("who whom whose which that".split())
DEMONSTRATIVES = frozenset("this that these those one".split())
PRONOUNS = (
    PERSON_PRONOUNS
    | THING_PRONOUNS
    | PLURAL_PRONOUNS
    | FIRST_SINGULAR
    | FIRST_PLURAL
    | SECOND_PERSON
    | RELATIVES
    | DEMONSTRATIVES
)
POSSESSIVES = frozenset("his her its their our my your whose".split())
REFLEXIVES = frozenset("himself herself itself themselves myself ourselves yourself".split())

MALE_WORDS = frozenset(
    "mr mr. sir lord king prince emperor sultan emir sheikh pope cardinal bishop archbishop imam mullah "
    "ayatollah spokesman chairman congressman businessman policeman gunman statesman nobleman man boy "
    "father son brother husband uncle grandfather nephew widower duke monk rabbi".split()
)
FEMALE_WORDS = frozenset(
    "mrs mrs. ms ms. miss lady dame queen princess empress duchess spokeswoman chairwoman congresswoman "
    "businesswoman policewoman stateswoman woman girl mother daughter sister wife aunt grandmother niece "
    "widow nun first-lady".split()
)

# Words before a name that are a form of address or an office, and heads of nominals that mean one person.
ADDRESS = frozenset(
    "mr mr. mrs mrs. ms ms. miss dr dr. prof prof. sir dame lord lady madam st rev rev. fr sen sen. rep "
    "rep. gov gov. gen gen. lt lt. col col. maj maj. capt capt. sgt sgt. adm adm. cmdr cmdr. hon hon. pres "
    "pres. pm sheikh sheik mullah ayatollah imam".split()
)
TITLES = frozenset(
    "president president-elect vice-president vice president premier prime minister deputy "
    "minister-president chancellor taoiseach secretary secretary-general undersecretary general minister "
    "ministers king queen prince princess emperor emir sultan sheikh sheik shah pope cardinal archbishop "
    "bishop patriarch rabbi imam mullah ayatollah pastor reverend ambassador envoy consul attache attaché "
    "diplomat negotiator mediator commissioner spokesman spokeswoman spokesperson senator congressman "
    "congresswoman representative lawmaker legislator mp mep parliamentarian deputy governor mayor "
    "councillor councilor councilman councilwoman speaker whip general colonel commander commodore admiral "
    "major captain lieutenant sergeant brigadier marshal field-marshal officer chief director head leader "
    "boss chairman chairwoman chairperson chair co-chair ceo executive president-designate judge justice "
    "magistrate prosecutor attorney lawyer advocate ombudsman inspector detective sheriff constable "
    "professor doctor economist analyst historian scientist researcher expert academic scholar author "
    "writer poet novelist journalist reporter editor columnist correspondent publisher activist campaigner "
    "dissident organiser organizer unionist founder co-founder owner manager strategist adviser advisor "
    "aide counsel counsellor pollster official regulator banker treasurer comptroller coach captain player "
    "striker goalkeeper singer actor actress candidate nominee incumbent frontrunner challenger contender "
    "rival opponent nominee predecessor successor counterpart colleague deputy dictator strongman warlord "
    "militant cleric priest tycoon billionaire businessman businesswoman entrepreneur industrialist "
    "investor farmer fisherman student teacher nurse engineer driver pilot worker resident villager "
    "shopkeeper trader pensioner veteran soldier sniper gunman suspect defendant convict hostage victim "
    "widow delegate rapporteur interpreter chairwoman monarch ruler premier-designate junta-leader "
    "politician statesman man woman boy girl laureate secretary-designate superintendent dean principal "
    "rector premiere magnate oligarch exile guest host visitor reformer moderate hardliner conservative "
    "liberal socialist warrior rebel fugitive whistleblower witness plaintiff petitioner applicant "
    "arbitrator comedian artist musician presenter anchor broadcaster commentator blogger fellow treasurer "
    "registrar president-general attorney-general solicitor barrister father mother son daughter brother "
    "sister husband wife uncle aunt cousin nephew niece grandfather grandmother friend ally foe".split()
)
# Titles that belong to a state's government or its diplomacy: whoever bears one speaks for the state.
STATE_TITLES = frozenset(
    "president premier minister chancellor king queen prince princess emperor emir sultan secretary "
    "ambassador envoy consul diplomat taoiseach commissioner undersecretary monarch ruler spokesman "
    "spokeswoman spokesperson leader negotiator attache attaché".split()
)
# US offices that the news names without the country.
US_TITLES = frozenset("sen sen. rep rep. senator congressman congresswoman gov gov. superdelegates".split())

ORGANISATION_WORDS = frozenset(
    "ministry ministries government administration cabinet parliament senate congress assembly council "
    "commission committee court tribunal department agency bureau office authority authorities board bank "
    "party union federation confederation association alliance coalition league bloc group front movement "
    "army navy force forces guard police corps military intelligence service services company firm "
    "corporation corp corp. inc inc. ltd ltd. plc llc co. holdings group university college school "
    "institute institution centre center foundation trust fund club team society church mosque synagogue "
    "diocese newspaper paper daily magazine journal times post tribune herald gazette news radio "
    "television tv broadcaster network channel station studio studios airline airlines airways railways "
    "industries motors steel mining oil energy petroleum gas bank insurance hospital clinic charity ngo "
    "organisation organization embassy consulate mission delegation secretariat presidency palace chamber "
    "house legislature executive judiciary state nation country kingdom republic emirate confederation "
    "community forum brigade battalion regiment militia junta regime opposition campaign cooperative "
    "co-operative consortium syndicate conglomerate manufacturer carmaker maker automaker retailer lender "
    "insurer operator regulator watchdog body faction wing branch tribunal municipality city town village "
    "province district county region side camp squad crew unit ngo think-tank publisher company's "
    "chancellery treasury exchange market academy observatory programme program initiative partnership "
    "inspectorate inquiry panel jury bench prosecution defence defense crown monarchy majority minority "
    "leadership outlet".split()
)
COUNTRY_NOUNS = frozenset(
    "country nation state kingdom republic island islands emirate monarchy homeland superpower power "
    "neighbour neighbor sultanate archipelago capital archipelago motherland fatherland".split()
)
COUNTRY_PLURALS = frozenset(
    "countries nations states kingdoms republics powers neighbours neighbors governments capitals "
    "superpowers economies islands signatories".split()
)
GOVERNMENT_NOUNS = frozenset("government administration authorities regime side state people".split())
# Plural heads that name people or members rather than states.
PERSON_PLURALS = frozenset(
    "leaders presidents ministers premiers chancellors men women politicians candidates senators officials "
    "envoys ambassadors diplomats generals rivals chiefs secretaries kings judges lawmakers governors "
    "mayors commanders negotiators heads contenders nominees brothers sisters friends colleagues pair duo "
    "democrats republicans".split()
)
SIDE_PLURALS = frozenset(
    "sides parties camps delegations teams rivals foes adversaries allies partners opponents enemies "
    "factions belligerents combatants two three others ones".split()
)
UNCOUNTED_PLURALS = frozenset(
    "police people troops authorities media military staff crew youth clergy public cattle men women "
    "children personnel gendarmerie press".split()
)
NEVER_PLURAL = frozenset(
    "press congress business series palace mass class success access process headquarters politics news "
    "campus princess duchess empress boss consensus caucus chorus bus virus census less us is was times "
    "airways airlines industries motors holdings studios services affairs".split()
)
DETERMINERS = frozenset(
    "the a an this that these those some many several most all both each either neither no any another "
    "other every few one two three four five six seven eight nine ten eleven twelve twenty thirty forty "
    "fifty hundreds thousands dozens millions scores half more about around nearly almost over only some "
    "such same".split()
)
INDEFINITE = frozenset(
    "a an some many several most another no any one two three four five six seven eight nine ten eleven "
    "twelve twenty thirty forty fifty hundreds thousands dozens millions scores few more about around "
    "nearly almost every each other over".split()
)
ADJECTIVES = frozenset(
    "former ex-president then-president ex late ousted acting interim outgoing incoming newly-elected "
    "newly elected new old top senior veteran chief leading main largest biggest first second third "
    "long-time longtime opposition ruling state national federal local regional deputy assistant vice "
    "junior young own influential exiled jailed retired embattled powerful hardline moderate foreign "
    "defence defense finance interior trade health justice education energy agriculture home external "
    "internal economic economy labour labor environment culture transport information security prime crown "
    "special military naval police supreme general permanent executive managing self-declared self-styled "
    "self-proclaimed alleged suspected convicted popular current previous presidential parliamentary "
    "vice-presidential republican democratic fellow private public joint right-wing left-wing far-right "
    "far-left centre-right centre-left conservative liberal socialist communist nationalist islamist "
    "sports sport interim caretaker outspoken disgraced fallen official unofficial unnamed".split()
)
PREPOSITIONS = frozenset(
    "of in from for at on with by to near under against over between among inside outside within who whose "
    "that which whom and or as via across behind into about told told said says when where , ; : - –".split()
)
# Prepositions after which a place says where somebody belongs.
HOME_PREPOSITIONS = frozenset("of in from at near on across for".split())
CLAUSE_OPENERS = frozenset(
    "that and but while because when if said says whether as although though which who what where after "
    "before since until so or then whereas unless once added adds insisted warned told how why yet nor".split()
)
COUNTS = {"both": 2, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "pair": 2, "trio": 3, "duo": 2}
# Groups that the news quotes without a country of their own.
WORLD_WIDE = frozenset(
    "diplomat diplomats observer observers analyst analysts critic critics expert experts terrorist "
    "terrorists ally allies others gunmen states countries groups mediator mediators scientist scientists "
    "trader traders investor investors economist economists shareholders bondholders markets neighbours "
    "neighbors west world community journalist journalists reporter reporters people nobody anyone someone "
    "somebody everyone".split()
)
# People and parts of international bodies, who may belong to no state.
BODY_PEOPLE = frozenset(
    "committee commission mission panel tribunal member members states delegate delegates court judges "
    "judge diplomat diplomats envoy monitor monitors observer observers peacekeeper peacekeepers "
    "commissioner delegation agency secretary-general secretariat council director expert experts "
    "inspector inspectors rapporteur majority ministers team force leaders assembly resolution capitals "
    "negotiators bloc".split()
)
# Nouns that stand right before the name of a firm or another body.
FIRMS = frozenset(
    "company firm group bank carmaker automaker manufacturer maker retailer lender insurer operator broadcaster "
    "newspaper daily agency airline carrier airport app platform startup start-up giant supplier producer developer "
    "party union charity ngo club miner fund non-profit nonprofit think-tank studio label network channel magazine "
    "consultancy brewer contractor utility weekly tabloid website".split()
)
