"""The words that point to a law: environmental topics (EIR regulation 2(1)), own data (UK GDPR article 15), and what only looks like them."""

from __future__ import annotations

from pipeline.domain.patterns import AnyOf
from pipeline.domain.sieve import Sifted


def _any(*parts: str) -> Sifted:
    return Sifted("|".join(parts))


def _topic(name: str, *parts: str) -> tuple[str, AnyOf]:
    return name, AnyOf(*[rf"\b{part}\b" for part in parts])


# Topic names stand in reasons after "it asks about". The words are looked for in lower case.
ENVIRONMENT = (
    _topic(
        "planning",
        r"planning (?:applications?|permissions?|enforcement|appeals?|consents?|control|breach(?:es)?|"
        r"conditions?|obligations?|officers?|committee|"
        r"approvals?|history|file|files|decisions?|contravention|register|portal|inspector(?:ate)?|notices?|"
        r"objections?|polic(?:y|ies)|use|statement|brief)",
        r"(?:breach(?:es)?|contravention) of planning",
        r"pre-?application (?:advice|enquir)\w*",
        r"local (?:development )?plan",
        r"neighbourhood plan",
        r"green ?belt",
        r"brown ?field",
        r"section 106",
        r"s\.? ?106",
        # A planning authority's own number for an application, by its year, its running number and its kind.
        r"\d{2,4}/\d{4,6}/(?:ful|full|out|hou|hse|lbc|lba|rem|res|adv|dis|doc|con|tpo|tca|tre|var|cou|pnh|pa|clu"
        r"|cle|clp|ldc|nma|pip|eia|mar?|maj|hh)",
        r"community infrastructure levy",
        r"listed buildings?",
        r"conservation areas?",
        r"permitted development",
        r"change of use",
        r"certificates? of lawful\w*",
        r"housing land supply",
        r"land supply",
        r"development site",
        r"(?:outline|full|reserved matters) (?:planning|application)",
    ),
    _topic(
        "buildings and their condition",
        r"building (?:control|regulations?|condition)",
        r"condition surveys?",
        r"(?:structural|stock condition|asbestos|damp|fire risk) (?:surveys?|reports?|inspections?|assessments?)",
        r"raac",
        r"(?:reinforced )?autoclaved aerated concrete",
        r"asbestos",
        r"legionella",
        r"dangerous structures?",
        r"(?:condition|state of repair) of (?:the |its |your |each |all |council ){0,5}(?:\w+ )?(?:buildings?|"
        r"schools?|blocks?|bridges?|estate)",
        r"demolition",
        r"cladding",
    ),
    _topic(
        "property searches",
        r"con ?29(?:r|o|dw)?",
        r"llc1",
        r"local (?:land charges?|authority|property) search(?:es)?",
        r"land charges? (?:register|search(?:es)?|data|information|enquir\w+)",
        r"property search(?:es)?",
        r"highways? (?:search(?:es)?|extent|adoption|boundar\w+)",
        r"adopted (?:highways?|roads?)",
        r"public rights? of way",
        r"rights? of way",
        r"definitive map",
        r"village green",
        r"common land",
    ),
    _topic(
        "trees and plants",
        r"tree (?:preservation|felling|felled|planting|survey\w*|works?|maintenance|canopy|stumps?|removals?|"
        r"inspection\w*|officers? reports?|cover|pruning|strategy)",
        r"(?:street|mature|felled|protected|dead|diseased|council|veteran|new|planted|fallen) trees",
        r"trees?",
        r"woodlands?",
        r"tpos?",
        r"hedge(?:row)?s?",
        r"ash dieback",
        r"arboricultur\w+",
        r"knotweed",
        r"ragwort",
        r"hogweed",
        r"glyphosate",
        r"pesticides?",
        r"herbicides?",
        r"weed ?killers?",
        r"weed (?:spraying|control)",
        r"grass (?:cutting|verges?)",
        r"verges?",
        r"wild ?flowers?",
        r"rewilding",
    ),
    _topic(
        "wildlife and land",
        r"biodivers\w+",
        r"wildlife",
        r"habitats?",
        r"ecolog\w+",
        r"badgers?",
        r"hedgehogs?",
        r"(?:swift|nest|nesting|bird|bat) box(?:es)?",
        r"bats? surveys?",
        r"great crested newts?",
        r"nature (?:reserves?|conservation|recovery)",
        r"sssis?",
        r"bee(?:s|hives?)",
        r"soil(?: samples?| quality| contamination)?",
        r"quarr(?:y|ies)",
        r"fracking",
        r"minerals? (?:plan|extraction|sites?)",
        r"landscap(?:e|ing) (?:plan|scheme|assessment|works?)",
    ),
    _topic(
        "waste and recycling",
        r"recycl\w+",
        r"landfill",
        r"(?:how much|tonn(?:es?|age) of|tons? of|amount of) (?:rubbish|refuse|waste|litter)",
        r"incinerat\w+",
        r"energy from waste",
        r"(?:household|municipal|residual|food|garden|clinical|bulky|commercial|trade|hazardous|domestic|green|"
        r"plastic|nappy|electrical) waste",
        r"waste (?:collect\w+|tonnage|dispos\w+|contract|strategy|management|carriers?|transfer|sites?|crime|"
        r"arisings|services?|treatment|streams?)",
        r"tonn(?:es|age) of (?:waste|rubbish|recycl\w+|litter|refuse)",
        r"fly[- ]?tip\w*",
        r"litter(?:ing)?",
        r"refuse collection",
        r"(?:missed|wheelie|recycling|brown|green|blue|black|litter|dog) bins?",
        r"bin collections?",
        r"(?:household waste )?recycling centres?",
        r"(?:council|rubbish|local|household|municipal) tips?",
        r"contaminated (?:bins?|recycling|loads?)",
    ),
    _topic(
        "air quality",
        r"air (?:quality|pollution|pollutants?|monitoring)",
        r"nitrogen dioxide",
        r"no2",
        r"pm ?2\.5",
        r"pm10",
        r"pm 10",
        r"particulates?",
        r"diffusion tubes?",
        r"clean air",
        r"smoke (?:control|nuisance)",
        r"wood ?burn\w+",
        r"odou?rs?",
        r"dust (?:nuisance|complaints?|emissions?|monitoring)",
        r"idling",
        r"bonfires?(?! (?:night|events?|display))",
    ),
    _topic(
        "noise",
        r"noise(?: \w+)?",
        r"noisy",
        r"loud music",
        r"vibrations?",
        r"statutory nuisances?",
        r"abatement notices?",
        r"light (?:pollution|nuisance)",
    ),
    _topic(
        "contamination and pollution",
        r"contaminated land",
        r"land contamination",
        r"(?:ground|water|land|soil|river|light) pollution",
        r"pollut\w+",
        r"radon",
        r"radiation",
        r"ground ?water",
        r"environmental permits?",
        r"hazardous substances?",
        r"oil spills?",
    ),
    _topic(
        "water and flooding",
        r"flood(?:s|ed|ing)?(?: \w+)?",
        r"drainage",
        r"sewers?",
        r"sewage",
        r"suds",
        r"culverts?",
        r"gull(?:y|ies)",
        r"watercourses?",
        r"rivers?",
        r"streams? and rivers?",
        r"water (?:quality|test\w*|sampl\w+|pollution|levels?|table|abstraction)",
        r"(?:test|tested|testing|sampled?|sampling) the (?:\w+ )?water",
        r"(?:boating|park|village|town) (?:lakes?|ponds?)",
        r"bathing water",
        r"private water suppl(?:y|ies)",
        r"reservoirs?",
        r"(?:coastal |cliff |soil )?erosion",
        r"geotechnical",
        r"land ?slips?",
        r"subsidence",
    ),
    _topic(
        "energy and climate",
        r"carbon (?:emissions?|footprint|neutral\w*|reduction|budget|dioxide|offset\w*)",
        r"greenhouse gas(?:es)?",
        r"emissions?",
        r"net[- ]zero",
        r"climate (?:change|emergency|action|strategy|plan|adaptation|risk)",
        r"energy (?:consumption|use|usage|efficiency|performance|bills?|generat\w+)",
        r"epcs?",
        r"photovoltaic\w*",
        r"solar (?:panels?|farms?|power|pv)",
        r"wind (?:farms?|turbines?)",
        r"heat (?:pumps?|networks?)",
        r"district heating",
        r"renewable\w*",
        r"insulation",
        r"(?:ev|electric vehicle|electric car) charg\w+",
        r"(?:ev )?charg(?:e|ing) ?points?",
        r"sustainab\w+ (?:strategy|plan|transport|drainage)",
    ),
    _topic(
        "roads and traffic schemes",
        r"low[- ]traffic neighbourhoods?",
        r"ltns?",
        r"traffic (?:model\w+|counts?|surveys?|flows?|calming|regulation orders?|assessments?|schemes?|volumes?|"
        r"data|impact)",
        r"road (?:schemes?|widening|layout|closures?|building|improvement)",
        r"highways? (?:schemes?|works|improvement\w*|projects?|drainage|maintenance plan)",
        r"(?:cycle ?ways?|cycle lanes?|cycle (?:routes?|paths?|network))",
        r"by-?pass",
        r"link road",
        r"junction improvement\w*",
        r"20 ?mph (?:zones?|limits?|schemes?)",
        r"light rail",
        r"speed (?:bumps?|humps?|surveys?)",
        r"transport assessments?",
        r"street ?light(?:s|ing)",
    ),
)

# Struck out before looking for topics: here the word belongs to a job, a phrase or an office, not to the environment.
LOOKALIKES = _any(
    r"environmental (?:health|services?|protection|enforcement) (?:officers?|department|team|staff|"
    r"practitioners?|manager|director|service)\b",
    r"\b(?:working|learning|work|office|home|it|business|school|digital|built by|test|hostile|financial|"
    r"political|economic|safe|care) environments?\b",
    r"\b(?:political|economic|financial|current|organisational|business) (?:climate|landscape)\b",
    r"\bthink(?:ing)? (?:green|of the environment)\b|consider the environment before printing.{0,60}",
    r"\b(?:financial|workforce|succession|emergency|resource|business|business continuity|school(?: place)?|"
    r"service|care|family|event|budget|curriculum|career|retirement|strategic|joint|capacity|pathway) planning\b",
    r"\bwaste(?:d|s)? (?:of )?(?:money|time|public|taxpayers?|on\b)|\bwasting\b|\bhow much (?:\w+ ){0,4}waste on\b",
    r"\b(?:data|information|knowledge|identity|cyber|email|social media) pollution\b|\bflood(?:ed|ing)? (?:of|"
    r"with) (?:calls|complaints|applications|requests|emails)\b",
    r"\b(?:decision|family|phone|call|structure|staff) trees?\b|\btrees? of (?:life|knowledge)\b|"
    r"\bchristmas trees?\b|\btree surgeons?'? (?:pay|salar)\w*",
    r"\b(?:gratuit|staff|helpful|useful|handy|safety|top|investment|hot|money|energy saving) ?tips?\b|"
    r"\btips? (?:and|for|on|or)\b|\btip-?off\w*",
    r"\b(?:energy|sports|soft) drinks?\b|\bwater (?:coolers?|bottles?|dispensers?|bills?)\b|\bdrinking water\b",
    r"\b(?:income|revenue|work|funding|value|data|live|video|audio|career) streams?\b|\briver (?:house|court|"
    r"view|side|street|road|lane|gardens)\b|\b(?:quarry|river\w*|tree\w*|wood\w*|forest|meadow|green|brook\w*|"
    r"water\w*|badger\w*|hedge\w*|stream\w*|reservoir|river \w+|tip) (?:view|road|street|avenue|lane|school|"
    r"primary|academy|court|close|house|care home|drive|way|hotel|inn|surgery|estate)\b",
    r"\bplanning (?:staff|team staff|department staff|jobs?|vacanc\w+|for (?:the|a|an)\b)|"
    r"\bhuman (?:rights? of way)\b",
    r"\blandscape (?:format|orientation|mode)\b|\bhabitats? for humanity\b|\bsign(?:al)?[- ]to[- ]noise\b|"
    r"\bnoise[- ]cancelling\b|\bwhite noise\b",
    r"\brecycl\w+ (?:of )?(?:laptops?|it equipment|computers?|phones?)\b|\brecycled paper\b|\bair (?:travel|"
    r"fares?|miles|conditioning|tickets?|flights?|force|ambulance)\b",
    r"\bemissions? testing equipment\b|\bproperty search(?:es)? by (?:police|bailiffs?)\b|"
    r"\bbuilding control (?:staff|officers? (?:salar|pay)\w*)",
)

# A question about people and pay stays with FOI, whatever department they work in.
ABOUT_STAFF = _any(
    r"\bsalar(?:y|ies)\b|\bpay (?:scale|grade|band|rate|gap|rise)s?\b|\b(?:hourly )?rates? of pay\b|\bwages?\b|"
    r"\bbonus(?:es)?\b|\bheadcount\b|\bfte\b|\bfull[- ]time equivalents?\b|"
    r"\bvacan(?:t posts?|c(?:y|ies))\b|\bvacant\b.{0,20}\bposts?\b|\bsick(?:ness)? (?:absence|leave|days)?|"
    r"\b(?:agency|interim|temporary) (?:staff|workers?|officers?|planners?)\b|\brecruit\w*|\bredundan\w+|"
    r"\bsettlement agreements?\b|\bovertime\b|"
    r"\b(?:how many|number of|total)\b.{0,25}\b(?:officers?|staff|employees|planners|inspectors|wardens|loaders|"
    r"surveyors|posts?|teams?|people|persons)\b(?:.{0,60}\b(?:employ|work|left|leave|resign|post|hold|qualif|have you|does the|"
    r"are there|in (?:the|your)))|\b(?:disciplin|grievanc|suspend|dismiss)\w+|"
    r"\bjob (?:title|description|advert)s?\b|\bexpenses\b|\btraining (?:course|budget|cost|record)s?\b|"
    r"\borganisation(?:al)? (?:chart|structure)\b|\bnames? (?:and|of) (?:contact|job|officers?|manager|head)\b",
)

# Subject access requests as a subject of statistics or policy.
COUNTED = _any(
    r"\b(?:how many|numbers? of|statistics|figures|volumes?|average|percentage|proportion|backlog|polic(?:y|ies)|"
    r"procedures?|compliance with|performance|time taken|templates?|software|training|complaints? about|"
    r"handl(?:e|es|ed|ing))\b[^.?!]{0,60}\b(?:subject access|d?sars?\b)[^.?!]{0,40}",
    r"\b(?:subject access|d?sars?)(?: requests?| \(sars?\)){0,5}[^.?!]{0,60}\b(?:received|refused|polic(?:y|ies)|"
    r"procedures?|handled|processed|backlog|answered|overdue|made to the council|statistics|figures|performance|"
    r"per year|each year)\b",
    r"\b(?:foi|freedom of information|eir)\w*[ ,/&and]{1,8}(?:subject access|d?sars?)(?: requests?)?\b",
)

_ME = (
    r"(?:me\b|myself\b|my (?:self|late|son|daughter|child(?:ren)?|mother|father|family|case|husband|wife|"
    r"care)\b(?!['\u2019]s (?:school|class|team|club|college|nursery|street|area)\b(?! (?:file|record))))"
)

DECLARED = _any(
    r"\b(?:i|we) (?:am|are|wish|want|would like|['\u2019]d like|need|hereby)[^.?!]{0,20}\b(?:mak(?:e|ing)|"
    r"submit(?:ting)?|lodg(?:e|ing)|rais(?:e|ing))(?: an?| my| the| this| formal|"
    r" data){0,5} (?:data )?(?:subject access|d?sar\b)",
    r"\b(?:this is|treat this (?:\w+ )?as|accept this (?:\w+ )?as|my)(?: an?| my| the| formal|"
    r" data){0,5} (?:data )?(?:subject access (?!requests)|d?sar\b)",
)

OWN_REQUEST = _any(
    r"\b(?:make|making|made|submit(?:ting)?|send(?:ing)?|this is|treat this (?:\w+ )?as|accept this (?:\w+ )?as|"
    r"is|my|formal|wish to make|raise|raising|request(?:ing)?|do)(?: an?| my| the| this| formal|"
    r" data){0,5} (?:data )?(?:subject access|d?sar\b)",
    r"^(?:re:? |fw:? |fwd:? ){0,5}(?:data )?(?:subject access request|d?sar)\b",
    r"(?:^|[.:!\n-] ?)(?:data )?subject access request(?: for| by| from| [-\u2013:]|\s*$| please| under| i )",
    r"\bunder (?:article|art\.?) 15\b|\bmy right of access\b|\bright of (?:subject )?access (?:under|to (?:my|"
    r"personal))",
    r"\bunder (?:the )?(?:uk )?(?:gdpr|data protection (?:act|law|legislation))[^.?!]{0,120}\b(?:my|about me|"
    r"on me|me by name)\b(?! (?:request|letter|e-?mail|address|question|behalf))",
)

# Somebody's own papers, whatever words stand between: "my old school reports". A street's, a ward's or a paper's are not one's own.
MY_PAPERS = (
    r"\bmy (?:(?!(?:streets?|roads?|area|wards?|local|villages?|towns?|council(?! tax| house| flat)|councillors?|mp|borough|city|parish|estate|park"
    r"|neighbou?r\w*|research|newspaper|article|company|business|firm|requests?|foi|e-?mails?|question|own|the|is|of|for|in|on|to|at|with|from"
    r"|has|was|that)\b)[\w-]+ ){0,4}(?:case ?files?|files?|records|case ?notes|(?:school|medical|social work|care|assessment|appraisal) reports?)\b"
)
_MY_AFFAIRS = (
    r"my (?:own |recent |previous |former )?(?:redundancy|dismissal|suspension|grievance|disciplinary|sickness|absences?|appraisals?|employment"
    r"|tenancy|eviction|homelessness|adoption|placement|childhood|diagnosis|health|fostering|safeguarding|time in care|pension|job application"
    r"|interview|benefits?|(?:housing|benefit|homeless\w*|blue badge|school) (?:application|claim))\b"
)

OWN_DATA = _any(
    MY_PAPERS,
    rf"\b(?:information|data|records?|files?|documents?|everything|anything|notes?|e-?mails?|messages|correspondence|letters|minutes|reports?)\b"
    rf"[^.?!]{{0,60}}\b(?:about|relating to|regarding|concerning|on) {_MY_AFFAIRS}",
    rf"\b(?:information|data|records?|files?|documents?|documentation|everything|anything|notes?|e-?mails?|"
    rf"correspondence|letters|all|what|reports?|recordings?|footage|details|paperwork|assessments?)\b[^.?!]{{0,60}}\b(?:about|"
    rf"on|relating to|regarding|concerning|mention(?:s|ing|ed)?|nam(?:es|ing)|refer(?:s|ring)? to|of|held on|"
    rf"involving|identif(?:y|ies|ying)) {_ME}(?! (?:area|street|road|ward|request|behalf of))",
    r"\b(?:my|our) (?:own )?(?:personal (?:data|information|file|records?)|(?:housing|tenancy|social (?:care|"
    r"services|work)|social worker|care|adoption|foster(?:ing)?|case|children['\u2019]?s services|hr|personnel|"
    r"employment|staff|education(?:al)?|school|sen|send|ehcp?|medical|occupational health|homeless(?:ness)?|"
    r"client|safeguarding|assessment|benefits?|council tax|parking|complaints?|support)[ -]?(?:file|files|"
    r"records?|notes|account history|case ?notes|papers|data)|(?:file|files|records|case ?file|case ?notes|data|"
    r"dols|personal file)\b)",
    r"\b(?:footage|cctv|recording|video|images?|body ?cam\w*|call recordings?)\b[^.?!]{0,60}\b(?:of|showing|"
    r"involving|with|between) (?:me|myself|my)\b",
    r"\b(?:footage|cctv|recording|video|images?|body ?cam\w*|photo\w*)\b[^.?!]{0,40}\b(?:shows?|showed|captured|caught|filmed|has) (?:me|us)\b",
    r"\b(?:with|has|have|bear|bears|bearing) my (?:own )?name (?:on|in)\b",
    r"\bwhat(?:['\u2019]?s| is| was| has been| have you| you have| you(?:['\u2019]ve)?)? (?:been )?(?:written|said"
    r"|recorded|held|kept|noted|stored|wrote|put)\b[^.?!]{0,30}\b(?:about|on) me\b",
    r"\b[gw]?wybodaeth\b[^.?!]{0,60}\b(?:amdana(?:f|i)|arna(?:f|i))\b|\b(?:cofnodion|ffeil|data|nodiadau|dogfennau)\b[^.?!]{0,60}\bamdana(?:f|i)\b",
    r"\b(?:all|every|any|copy|copies)\b[^.?!]{0,80}\b(?:in which|where|that) (?:i am|i['\u2019]m|my name (?:is|"
    r"appears)) (?:mentioned|named|discussed|referred)",
    r"\b(?:what|which) (?:personal )?(?:information|data|records) (?:do|does) (?:you|the council) (?:hold|have|"
    r"keep)[^.?!]{0,20}\b(?:on|about) me\b",
    r"\b(?:notes?|diar(?:y|ies)|logs?|records?|reports?)\b[^.?!]{0,60}\b(?:visits?|calls?|conversations?|meetings?|contacts?) (?:to|with|from) me\b|"
    r"\b(?:letters?|e-?mails?|notes?|texts?|messages?)\b[^.?!]{0,20}\b(?:you|the council) (?:have |has |had )?(?:sent|written|wrote)(?: to)? me\b|"
    r"\bnotes (?:on|in|from|about) my (?:account|file|case|record)\b|"
    r"\b(?:form|photo(?:graph)?s?|picture|report|statement)\b[^.?!]{0,40}\b(?:of|about|showing) me\b|"
    r"\bnotes?\b[^.?!]{0,40}\babout me\b|\b(?:recordings?|notes?|minutes|transcripts?|logs?) of my (?:calls?|"
    r"phone calls?|meetings?|conversations?|interviews?|contacts?)",
)

ACTING = _any(
    r"\b(?:i|we) act (?:for|on behalf of)\b|\bwe are instructed (?:by|on behalf of)\b|\bon behalf of (?:my|our|"
    r"mr|mrs|ms|miss|the above|a client)\b|\bour (?:above[- ]named )?client\b|\bmy client\b|\bacting for\b",
    r"\b(?:his|her|their) (?:signed |written )?(?:consent|authority|permission) (?:is |are )?(?:attached|enclosed|below)\b",
    r"\b(?:letter|form|signed|written|client['\u2019]?s) (?:of )?(?:authority|consent|mandate)\b|"
    r"\bpower of attorney\b|\bparental responsibility\b|\blitigation friend\b|\bdeput(?:y|yship) (?:for|order)\b|"
    r"\bappointee\b|\bwith (?:his|her|their) (?:consent|permission|authority)\b",
    r"\bmy (?:son|daughter|child(?:ren)?|mother|father|mum|dad|husband|wife|partner|brother|sister|nephew|niece|"
    r"grand\w+)(?:['\u2019]s)?\b",
)

OTHERS_DATA = _any(
    r"\b(?:client|son|daughter|child|mother|father|mum|dad|husband|wife|partner|brother|sister|nephew|niece|"
    r"grand\w+|tenant)(?:ren)?['\u2019]?s?['\u2019]? (?:full |complete |entire |own |personal |housing |"
    r"youth (?:offending|justice) |social (?:care|services|work) |school |care |sen |send |ehcp? |education(?:al)? |medical |case |adoption |"
    r"and |tenancy |children['\u2019]?s services ){0,5}(?:records?|files?|data|notes|case ?files?|papers|information|"
    r"plans? (?:and|file)|assessments?)\b",
    r"\b(?:his|her|their) (?:\w+ )?(?:care )?(?:plans?|assessments?)\b|"
    r"\b(?:his|her|their) (?:full |complete |entire |own |personal |housing |social (?:care|services|work) |"
    r"school |care |case |education |medical |adoption |tenancy |council tax |benefits? |youth (?:offending"
    r"|justice) |send |sen |ehcp? |homeless(?:ness)? |application |pupil |hospital |rent ){0,5}(?:records?|files?|personal data|notes|"
    r"case ?files?)\b",
    r"\b(?:information|data|records?|files?|everything|documents?|notes)\b[^.?!]{0,60}\b(?:about|on|relating to|"
    r"regarding|concerning) (?:him|her|them|our client|my client|mr|mrs|ms|miss|my (?:son|daughter|child|mother|"
    r"father|mum|dad|husband|wife|partner))\b",
    r"\bsubject access\b|\bpersonal data\b|\bdata subject\b",
)
